package pvemcp.tools.backup;

import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.pve.ApiPath;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Storage;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.StoragePlace;

/// A backup by its volume id, which tells whose it is (PVE::Storage::Plugin and PVE::Storage::PBSPlugin,
/// parse_volname).
///
/// @param text such as `backup:backup/vzdump-qemu-101-2026_11_21-02_00_04.vma.zst` or `pbs:backup/vm/101/2026-…`
/// @param vmid of the guest it was made of
record Archive(String text, String storage, GuestKind kind, int vmid) {
    /// @throws IllegalArgumentException for what is no backup's volume id
    static Archive parse(String text) {
        var matcher = Form.PATTERN.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not the volume id of a guest's backup; pve_backup_list shows them".formatted(text));
        }
        boolean file = matcher.group(2) != null;
        var kind = file ? matcher.group(2) : matcher.group(4);
        return new Archive(
                text.strip(),
                matcher.group(1),
                kind.equals("qemu") || kind.equals("vm") ? GuestKind.VM : GuestKind.CONTAINER,
                Integer.parseInt(file ? matcher.group(3) : matcher.group(5)));
    }

    /// Compiled when the first archive is named.
    private static final class Form {
        static final Pattern PATTERN =
                Pattern.compile("([a-zA-Z][a-zA-Z0-9._-]*):backup/(?:vzdump-(qemu|lxc)-(\\d{1,9})-[^/\\s]+"
                        + "|(?:ns/\\S+/)?(vm|ct)/(\\d{1,9})/\\S+)");
    }

    /// The storage it is on, as a node that reaches it sees it.
    Storage at(ToolContext ctx, Optional<String> node) {
        return ctx.pve()
                .node(node.orElseGet(() -> StoragePlace.node(ctx, storage)))
                .storage(storage);
    }

    /// Its path below [#at].
    String path() {
        return ApiPath.of("/content/{volume}", text);
    }
}

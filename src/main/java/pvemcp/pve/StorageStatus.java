package pvemcp.pve;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// A storage as a node sees it now.
///
/// @param type such as `dir`, `lvmthin`, `nfs`
/// @param active whether the node can reach it
/// @param rest what else PVE says of it
public record StorageStatus(
        String name,
        String type,
        List<String> content,
        boolean enabled,
        boolean active,
        boolean shared,
        Optional<Bytes> used,
        Optional<Bytes> available,
        Optional<Bytes> size,
        Json.Obj rest) {
    public StorageStatus {
        content = List.copyOf(content);
    }

    static StorageStatus from(Fields f) {
        return named(f.text("storage"), f);
    }

    /// Where the answer does not repeat the name.
    static StorageStatus named(String name, Fields f) {
        return new StorageStatus(
                name,
                f.text("type"),
                f.listed("content"),
                f.flag("enabled"),
                f.flag("active"),
                f.flag("shared"),
                f.bytes("used"),
                f.bytes("avail"),
                f.bytes("total"),
                f.rest());
    }
}

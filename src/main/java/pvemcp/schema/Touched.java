package pvemcp.schema;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// What a concrete call would touch, as far as its path and arguments tell: names as they were given, not looked
/// up.
///
/// A guest is named whether the call works on it, makes it (`newid`), attaches or deletes a disk of it, or deletes a
/// backup of it. What is only left out of the work (`exclude`) is not named.
///
/// @param guests guest ids
/// @param everyGuest whether the call works on all guests of its nodes, or of the cluster where it names no node
public record Touched(
        SequencedSet<String> nodes,
        SequencedSet<Integer> guests,
        SequencedSet<String> storages,
        SequencedSet<String> pools,
        boolean everyGuest) {
    // PVE::Storage::Plugin names disks vm-100-disk-0, base-100-disk-0, subvol-100-disk-0; PVE::VZDump names backups,
    // and PVE::Storage::PBSPlugin backup/vm/100/2026-11-21T02:00:00Z. A file may have any name in the directory of
    // its guest, local:100/data.qcow2 (PVE::Storage::Plugin, parse_volname).
    private static final Pattern OWNER = Pattern.compile(
            "(?:(?:\\b(?:vm|base|subvol|basevol)|vzdump-(?:qemu|lxc|openvz))-|\\bbackup/(?:vm|ct)/)(\\d{3,9})[-/]"
                    + "|(?:^|:|[.](?:raw|qcow2|vmdk|subvol)/)(\\d{3,9})/");
    private static final Pattern DISK =
            Pattern.compile("(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused|mp)\\d+|rootfs|cdrom|archive|ostemplate");
    private static final Pattern SOURCE = Pattern.compile("(?:(?:file|volume|import-from)=)?([^=]*)");
    private static final Pattern VOLUME = Pattern.compile("(?:[\\w-]+=)?([a-zA-Z][\\w.-]*[a-zA-Z0-9]):.*");
    private static final Pattern ACL = Pattern.compile("/*(nodes|vms|storage|pool)/+(.*[^/])/*");

    public Touched {
        nodes = copy(nodes);
        guests = copy(guests);
        storages = copy(storages);
        pools = copy(pools);
    }

    private static <T> SequencedSet<T> copy(Collection<T> items) {
        return Collections.unmodifiableSequencedSet(new LinkedHashSet<>(items));
    }

    /// Whether nothing smaller than the cluster is named.
    boolean isCluster() {
        return nodes.isEmpty() && guests.isEmpty() && storages.isEmpty() && pools.isEmpty();
    }

    static Touched by(Operation operation, SequencedMap<String, String> variables, Json.Obj arguments, Rules rules) {
        var finding = new Finding();
        var all = arguments;
        for (var variable : variables.entrySet()) {
            all = all.with(variable.getKey(), variable.getValue());
        }
        var check = new Check(rules);
        for (var argument : all.members().entrySet()) {
            var schema = check.declaration(operation.facts(), argument.getKey(), all);
            var format = schema.text("format")
                    .or(() -> schema.object("items").flatMap(items -> items.text("format")))
                    .orElse("");
            for (var text : texts(argument.getValue())) {
                finding.argument(operation.path(), argument.getKey(), format, text);
            }
        }
        boolean some = !finding.guests.isEmpty() || !finding.pools.isEmpty();
        boolean bulk = operation.path().startsWith("/cluster/bulk-action/guest/")
                || List.of("startall", "stopall", "suspendall", "migrateall").contains(lastSegment(operation.path()));
        boolean every = operation.verb() != Verb.GET
                && (bulk
                        ? !some
                        : isBackup(operation.path()) && arguments.flag("all").orElse(false));
        return new Touched(finding.nodes, finding.guests, finding.storages, finding.pools, every);
    }

    private static boolean isBackup(String template) {
        return template.endsWith("/vzdump") || template.startsWith("/cluster/backup");
    }

    private static String lastSegment(String template) {
        return template.substring(template.lastIndexOf('/') + 1);
    }

    private static List<String> texts(Json value) {
        return value instanceof Json.Arr list
                ? list.items().stream().flatMap(item -> texts(item).stream()).toList()
                : value.scalarText().map(List::of).orElse(List.of());
    }

    private static final class Finding {
        final SequencedSet<String> nodes = new LinkedHashSet<>();
        final SequencedSet<Integer> guests = new LinkedHashSet<>();
        final SequencedSet<String> storages = new LinkedHashSet<>();
        final SequencedSet<String> pools = new LinkedHashSet<>();

        void argument(String template, String name, String format, String text) {
            switch (name) {
                case "exclude", "clustername", "volume-group", "name" -> {}
                case "upid" -> upid(text);
                case "volume" -> volume(text);
                case "pool" -> {
                    if (isBackup(template) || format.equals("pve-poolid")) {
                        pools.add(text);
                    }
                }
                case "path" -> {
                    if (template.equals("/access/acl")) {
                        acl(text);
                    }
                }
                default -> {
                    if (DISK.matcher(name).matches()) {
                        disk(text);
                        attached(name, text);
                    } else {
                        WordList.elements(text).forEach(element -> byFormat(format, element));
                    }
                }
            }
        }

        private void byFormat(String format, String text) {
            switch (format) {
                case "pve-node", "pve-node-list" -> nodes.add(text);
                case "pve-ha-node-list", "pve-ha-group-node-list" -> nodes.add(before(text, ':'));
                case "pve-vmid", "pve-vmid-list" -> guest(text);
                case "pve-ha-resource-id", "pve-ha-resource-or-vm-id", "pve-ha-resource-id-list" ->
                    guest(text.substring(text.indexOf(':') + 1));
                case "pve-replication-job-id" -> guest(before(text, '-'));
                case "pve-storage-id", "pve-storage-id-list" -> storages.add(text);
                // `a:b` maps a to b, which is where the data goes; `1` is to the same names.
                case "storage-pair-list" -> {
                    if (!text.equals("1")) {
                        storages.add(text.substring(text.indexOf(':') + 1));
                    }
                }
                case "pve-poolid" -> pools.add(text);
                default -> {}
            }
        }

        private static String before(String text, char end) {
            int at = text.indexOf(end);
            return at < 0 ? text : text.substring(0, at);
        }

        private void guest(String text) {
            if (text.length() >= 3 && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                guests.add(Integer.parseInt(text));
            }
        }

        /// `UPID:node:pid:pstart:starttime:type:id:user:`, whose id is often a guest's.
        private void upid(String text) {
            var parts = text.split(":", -1);
            if (parts.length > 7) {
                nodes.add(parts[1]);
                guest(parts[6]);
            }
        }

        private void volume(String text) {
            disk(text);
            var owner = OWNER.matcher(text);
            while (owner.find()) {
                guest(owned(owner));
            }
        }

        private static String owned(Matcher owner) {
            return owner.group(1) == null ? owner.group(2) : owner.group(1);
        }

        /// A disk of another guest is that guest's, whoever it is attached or copied to. Backups, templates and
        /// images are only read; of a linked clone (`base-900-disk-0/vm-101-disk-0`) the last name counts.
        private void attached(String name, String text) {
            if (name.equals("archive") || name.equals("ostemplate")) {
                return;
            }
            for (var part : text.split(",", -1)) {
                var volume = SOURCE.matcher(part);
                if (volume.matches() && !part.contains(":iso/")) {
                    ownerOf(volume.group(1)).ifPresent(this::guest);
                }
            }
        }

        private static Optional<String> ownerOf(String volume) {
            var owner = OWNER.matcher(volume);
            var last = Optional.<String>empty();
            while (owner.find()) {
                last = Optional.of(owned(owner));
            }
            return last;
        }

        private void disk(String text) {
            for (var part : text.split(",")) {
                var volume = VOLUME.matcher(part);
                if (volume.matches()) {
                    storages.add(volume.group(1));
                }
            }
        }

        private void acl(String path) {
            var named = ACL.matcher(path);
            if (named.matches()) {
                switch (named.group(1)) {
                    case "nodes" -> nodes.add(named.group(2));
                    case "vms" -> guest(named.group(2));
                    case "storage" -> storages.add(named.group(2));
                    default -> pools.add(named.group(2));
                }
            }
        }
    }
}

package pvemcp.tools.guest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.remote.Addresses;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// `pve_inventory_export`: guests as Ansible's `ini`, `yaml` and `script` inventories know hosts.
record InventoryExport(
        @Doc(value = "Form", or = "yaml", obvious = true) Form form,
        @Doc(value = "Only with this tag", obvious = true) Optional<String> tag,

        @Doc(value = "Only in this pool", kind = Kind.POOL, obvious = true)
        Optional<String> pool,

        @Doc(value = "Only on this node", kind = Kind.NODE, obvious = true)
        Optional<String> node,

        @Doc(value = "User to log in as", obvious = true) Optional<String> user)
        implements Call<View> {
    // Each asks the guest itself; more than this nobody wants in an answer.
    private static final int MOST = 200;

    enum Form {
        INI,
        YAML,
        JSON
    }

    private record Host(String name, SequencedMap<String, String> vars, List<String> groups) {}

    @Override
    public View run(ToolContext ctx) {
        var rows = ctx.pve().guests().stream().filter(this::fits).toList();
        var hosts = new ArrayList<Host>();
        var silent = new ArrayList<String>();
        var names = new LinkedHashMap<String, Integer>();
        rows.forEach(row -> names.merge(word(Clean.name(row.name())), 1, Integer::sum));
        for (var row : rows.subList(0, Math.min(MOST, rows.size()))) {
            ctx.checkCancelled();
            ctx.progress(hosts.size() / (double) rows.size(), row.id());
            var name = word(Clean.name(row.name()));
            var unique = name.isEmpty() || names.get(name) > 1 ? name + (name.isEmpty() ? "" : "-") + row.vmid() : name;
            var host = host(ctx, row, unique);
            hosts.add(host);
            if (!host.vars().containsKey("ansible_host")) {
                silent.add(unique);
            }
        }
        var parts = new ArrayList<View>();
        parts.add(new View.Text("%d hosts%s%s"
                .formatted(
                        hosts.size(),
                        rows.size() > MOST ? " of %d; filters narrow it".formatted(rows.size()) : "",
                        silent.isEmpty()
                                ? ""
                                : ", without an address (stopped, or nobody knows it: no agent, no lease in SDN): "
                                        + String.join(", ", silent))));
        parts.add(new View.Text(
                switch (form) {
                    case INI -> ini(hosts);
                    case YAML -> yaml(hosts);
                    case JSON -> json(hosts).pretty();
                }));
        return new View.Stack(parts);
    }

    private boolean fits(GuestRow row) {
        return !row.template()
                && tag.map(wanted -> row.tags().stream().anyMatch(wanted::equalsIgnoreCase))
                        .orElse(true)
                && pool.map(row.pool()::equals).orElse(true)
                && node.map(row.node()::equals).orElse(true);
    }

    private Host host(ToolContext ctx, GuestRow row, String name) {
        var vars = new LinkedHashMap<String, String>();
        if (row.status().equals("running")) {
            Addresses.of(ctx.pve(), row.node(), row.kind(), row.vmid()).stream()
                    .findFirst()
                    .ifPresent(address -> vars.put("ansible_host", address));
        }
        user.ifPresent(text -> vars.put("ansible_user", word(text)));
        vars.put("proxmox_vmid", Integer.toString(row.vmid()));
        vars.put("proxmox_node", word(Clean.name(row.node())));
        vars.put("proxmox_status", word(Clean.name(row.status())));
        var groups = new ArrayList<String>();
        groups.add(row.kind() == GuestKind.VM ? "proxmox_vms" : "proxmox_containers");
        groups.add("node_" + group(row.node()));
        row.tags().forEach(each -> groups.add("tag_" + group(each)));
        if (!row.pool().isEmpty()) {
            groups.add("pool_" + group(row.pool()));
        }
        return new Host(name, vars, groups);
    }

    /// Names come from the cluster: whatever could end a value, a line or a section stays out.
    private static String word(String text) {
        return text.replaceAll("[^A-Za-z0-9_.:@-]", "-");
    }

    /// Ansible takes letters, digits and `_` for groups.
    private static String group(String text) {
        return Clean.line(text).replaceAll("[^A-Za-z0-9_]", "_");
    }

    private static SequencedMap<String, List<String>> groups(List<Host> hosts) {
        var groups = new TreeMap<String, List<String>>();
        hosts.forEach(host -> host.groups()
                .forEach(group ->
                        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(host.name())));
        return groups;
    }

    private static String ini(List<Host> hosts) {
        var out = new StringBuilder("[all]\n");
        for (var host : hosts) {
            out.append(host.name());
            host.vars()
                    .forEach((key, value) ->
                            out.append(' ').append(key).append('=').append(value));
            out.append('\n');
        }
        groups(hosts).forEach((group, members) -> {
            out.append("\n[").append(group).append("]\n");
            members.forEach(member -> out.append(member).append('\n'));
        });
        return out.toString().strip();
    }

    private static String yaml(List<Host> hosts) {
        var out = new StringBuilder("all:\n  hosts:\n");
        for (var host : hosts) {
            out.append("    \"").append(host.name()).append("\":\n");
            host.vars()
                    .forEach((key, value) -> out.append("      ")
                            .append(key)
                            .append(": \"")
                            .append(value)
                            .append("\"\n"));
        }
        out.append("  children:\n");
        groups(hosts).forEach((group, members) -> {
            out.append("    ").append(group).append(":\n      hosts:\n");
            members.forEach(member -> out.append("        \"").append(member).append("\": {}\n"));
        });
        return out.toString().strip();
    }

    /// As an inventory script answers `--list`.
    private static Json.Obj json(List<Host> hosts) {
        var vars = new LinkedHashMap<String, Json>();
        hosts.forEach(host -> vars.put(host.name(), Json.of(host.vars())));
        var inventory = Json.obj("_meta", Json.obj("hostvars", new Json.Obj(vars)));
        for (var group : groups(hosts).entrySet()) {
            inventory = inventory.with(group.getKey(), Json.obj("hosts", Json.strings(group.getValue())));
        }
        return inventory;
    }
}

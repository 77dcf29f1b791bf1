package pvemcp.tools.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PropertyString;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Disks;

/// A network card of a guest: added, changed or removed.
record GuestNic(
        @Doc GuestRef guest,
        @Doc(value = "What to do", obvious = true) Action action,

        @Doc(value = "Such as net0; add: default next free", obvious = true)
        Optional<String> nic,

        @Doc(value = "Bridge; default to add: vmbr0", obvious = true)
        Optional<String> bridge,

        @Doc(value = "0: none", obvious = true) Optional<Integer> vlan,

        @Doc(value = "VMs: virtio, e1000", obvious = true) Optional<String> model,

        @Doc(value = "PVE firewall on it", obvious = true) Optional<Boolean> firewall,

        @Doc(value = "Containers: dhcp, manual or CIDR", obvious = true)
        Optional<String> ip,

        @Doc(value = "Containers: gateway", obvious = true) Optional<String> gateway,

        @Doc("Such as rate, mtu, macaddr") Json.Obj options,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Editing {
    private static final List<String> MODELS = List.of("virtio", "e1000", "e1000e", "rtl8139", "vmxnet3");

    GuestNic {
        Values.plain("bridge", bridge);
        Values.plain("ip", ip);
        Values.plain("gateway", gateway);
        if (nic.filter(key -> !key.matches("net\\d{1,2}")).isPresent()) {
            throw new IllegalArgumentException("argument 'nic': '%s' is none: write net0".formatted(nic.get()));
        }
    }

    @Override
    public void fill(Edit edit, ToolContext ctx) {
        boolean vm = edit.guest().kind() == GuestKind.VM;
        if (vm && (ip.isPresent() || gateway.isPresent())) {
            throw new BadArguments(List.of(
                    "arguments 'ip', 'gateway': %s is a VM; its addresses are set inside it, or by pve_guest_cloudinit"
                            .formatted(edit.guest())));
        }
        var key = key(edit.before());
        switch (action) {
            case ADD -> {
                if (edit.before().get(key).isPresent()) {
                    throw new BadArguments(List.of("argument 'nic': %s has %s already; action=change changes it"
                            .formatted(edit.guest(), key)));
                }
                edit.set(key, (vm ? newVmNic() : newContainerNic(key)).toString());
            }
            case CHANGE ->
                edit.set(
                        key,
                        changed(PropertyString.parse(edit.present("nic", key)), vm)
                                .toString());
            case REMOVE -> {
                edit.present("nic", key);
                edit.delete(key);
            }
        }
    }

    private String key(GuestConfig config) {
        if (nic.isPresent()) {
            return nic.get();
        }
        if (action == Action.ADD) {
            return Disks.free(config, "net");
        }
        throw new BadArguments(List.of("missing argument 'nic': which one, such as net0"));
    }

    private PropertyString newVmNic() {
        var fresh = PropertyString.parse("model=" + model.orElse("virtio"));
        return common(fresh.with("bridge", bridge.orElse("vmbr0")));
    }

    private PropertyString newContainerNic(String key) {
        var name = "eth" + key.substring("net".length());
        var fresh = PropertyString.parse("name=" + name).with("bridge", bridge.orElse("vmbr0"));
        return common(fresh.with("ip", ip.orElse("dhcp")));
    }

    private PropertyString changed(PropertyString old, boolean vm) {
        var parts = vm && model.isPresent() ? withModel(old, model.get()) : old;
        parts = bridge.isPresent() ? parts.with("bridge", bridge.get()) : parts;
        return common(ip.isPresent() ? parts.with("ip", ip.get()) : parts);
    }

    /// The MAC address stands behind the model (PVE::QemuServer, `virtio=BC:24:11:…`).
    private static PropertyString withModel(PropertyString old, String model) {
        var parts = PropertyString.parse("");
        for (var entry : old.values().entrySet()) {
            boolean isModel = MODELS.contains(entry.getKey());
            parts = parts.with(
                    isModel ? model : entry.getKey(), entry.getKey().equals("model") ? model : entry.getValue());
        }
        return parts;
    }

    private PropertyString common(PropertyString parts) {
        var all = parts;
        if (vlan.isPresent()) {
            all = vlan.get() == 0
                    ? all.without("tag")
                    : all.with("tag", vlan.get().toString());
        }
        if (firewall.isPresent()) {
            all = all.with("firewall", firewall.get() ? "1" : "0");
        }
        all = gateway.isPresent() ? all.with("gw", gateway.get()) : all;
        return Values.with(all, options);
    }

    enum Action {
        ADD,
        CHANGE,
        REMOVE
    }
}

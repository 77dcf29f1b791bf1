package pvemcp.tools.node;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Entrusted;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Write;

/// What keeps a host running: its services, log, network, packages and disks.
public final class HostTools {
    public static final Toolset HOSTS = Toolset.of(
            "hosts",
            "Services, logs, network, packages and disks of nodes",
            read("pve_node_services", "List a node's services with state.", HostReads.Services.class),
            operate("pve_node_service", "Start, stop, restart or reload a service of a node.", Service.class),
            read("pve_node_log", "Show a node's system log, newest lines last.", HostReads.Log.class),
            read("pve_node_network_get", """
                    Show a node's network interfaces, and changes not yet applied as a diff.""", HostReads.Network.class),
            change("pve_node_network_set", """
                    Create, change or delete a network interface. Nothing takes effect before 'apply', which can cut the node off.""", HostNetwork.class),
            read("pve_node_updates", "List a node's updates, packages or repositories.", HostReads.Updates.class),
            operate("pve_node_updates_refresh", "Look for package updates on a node.", Refresh.class),
            read("pve_node_disks", """
                    List a node's disks, SMART values, LVM, ZFS pools or directories.""", HostReads.Disks.class),
            destroy("pve_node_disk_prepare", """
                    Wipe a disk, or make GPT, LVM, ZFS or a directory of it. What is on it is lost.""", Prepare.class),
            read("pve_node_system", """
                    Show a node's settings, subscription, certificates, devices or report.""", HostReads.SystemFacts.class),
            change("pve_node_set", "Change a node's time zone, DNS, hosts file or options.", Settings.class),
            change("pve_node_power", "Reboot, shut down or wake a node. Its guests go down with it.", Power.class),
            operate("pve_node_guests", """
                    Start, stop, suspend or migrate guests of a node, or of all nodes (PVE 9).""", Guests.class));

    private HostTools() {}

    enum ServiceAction {
        START,
        STOP,
        RESTART,
        RELOAD
    }

    record Service(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "Such as cron", obvious = true) String service,

            @Doc(value = "What to do", obvious = true) ServiceAction action)
            implements Write {
        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return ApiPath.of("/nodes/{node}/services/{service}/{action}", node, service, Word.of(action));
        }
    }

    record Refresh(@Doc(kind = Kind.NODE) String node) implements Write {
        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return ApiPath.of("/nodes/{node}/apt/update", node);
        }
    }

    enum Preparation {
        INIT_GPT,
        WIPE,
        LVM,
        LVMTHIN,
        ZFS,
        DIRECTORY
    }

    record Prepare(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "What to make of it", obvious = true)
            Preparation action,

            @Doc(value = "Such as /dev/sdb", obvious = true) List<String> disks,

            @Doc(value = "Name of the new group, pool or directory", obvious = true)
            Optional<String> name,

            @Doc(value = "Such as raidlevel, filesystem, add_storage", obvious = true)
            Json.Obj options)
            implements Write {
        Prepare {
            disks = List.copyOf(disks);
        }

        @Override
        public Verb verb() {
            return action == Preparation.WIPE ? Verb.PUT : Verb.POST;
        }

        /// PVE takes only disks it sees no use of, but a file system it does not know is lost all the same.
        @Override
        public Tier tier(ApiSchema schema) {
            return Tier.DESTROY;
        }

        @Override
        public String path() {
            var last = switch (action) {
                case INIT_GPT -> "initgpt";
                case WIPE -> "wipedisk";
                case LVM, LVMTHIN, ZFS, DIRECTORY -> Word.of(action);
            };
            return ApiPath.of("/nodes/{node}/disks/{what}", node, last);
        }

        @Override
        public Json.Obj params() {
            if (disks.isEmpty() || (disks.size() > 1 && action != Preparation.ZFS)) {
                throw new BadArguments(
                        List.of("argument 'disks': '%s' takes one disk, 'zfs' one or more".formatted(Word.of(action))));
            }
            return switch (action) {
                case INIT_GPT, WIPE -> options.with("disk", disks.getFirst());
                case LVM, LVMTHIN, DIRECTORY -> named().with("device", disks.getFirst());
                case ZFS -> named().with("devices", String.join(",", disks));
            };
        }

        private Json.Obj named() {
            return options.with("name", name.orElseThrow(() -> BadArguments.missing("name", action)));
        }
    }

    enum SettingsKind {
        TIME,
        DNS,
        HOSTS,
        OPTIONS,
        SUBSCRIPTION
    }

    /// A subscription has a key or none; without either in `values`, its state is asked for anew.
    record Settings(
            @Doc(kind = Kind.NODE) String node,
            @Doc(value = "What to change", obvious = true) SettingsKind what,

            @Doc("Such as timezone, dns1, data") Json.Obj values)
            implements Write {
        @Override
        public Verb verb() {
            return switch (what) {
                case TIME, DNS, OPTIONS -> Verb.PUT;
                case HOSTS -> Verb.POST;
                case SUBSCRIPTION -> values.has("key") ? Verb.PUT : values.has("delete") ? Verb.DELETE : Verb.POST;
            };
        }

        @Override
        public String path() {
            return ApiPath.of("/nodes/{node}/{what}", node, what == SettingsKind.OPTIONS ? "config" : Word.of(what));
        }

        @Override
        public Json.Obj params() {
            return verb() == Verb.DELETE ? Json.Obj.EMPTY : values;
        }

        @Override
        public Outcome run(ToolContext ctx) {
            return what == SettingsKind.SUBSCRIPTION
                    ? send(ctx, Entrusted.filled(ctx, params(), List.of("key")))
                    : Write.super.run(ctx);
        }
    }

    enum NodePower {
        REBOOT,
        SHUTDOWN,
        WAKE
    }

    record Power(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "'wake' needs wakeonlan in its options", obvious = true)
            NodePower action)
            implements Write {
        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return ApiPath.of("/nodes/{node}/{what}", node, action == NodePower.WAKE ? "wakeonlan" : "status");
        }

        @Override
        public Json.Obj params() {
            return action == NodePower.WAKE ? Json.Obj.EMPTY : Json.obj("command", Word.of(action));
        }

        /// PVE passes it on to systemd and starts no task.
        @Override
        public Outcome run(ToolContext ctx) {
            send(ctx, params());
            return new Outcome("asked", "", Optional.empty(), List.of(), "pve_node_list shows whether it is online");
        }
    }

    enum GuestsAction {
        START,
        STOP,
        SUSPEND,
        MIGRATE
    }

    /// Where no node is named, it is one bulk action of the cluster, which PVE 8 does not have.
    record Guests(
            @Doc(value = "Node; default: all", kind = Kind.NODE)
            Optional<String> node,

            @Doc(value = "'start' takes those that start at boot, unless force=1", obvious = true)
            GuestsAction action,

            @Doc(value = "Default: all", obvious = true) List<Long> guests,

            @Doc(value = "Where to migrate to", kind = Kind.NODE, obvious = true)
            Optional<String> target,

            @Doc(value = "Others: force, timeout, max-workers, with-local-disks", obvious = true)
            Json.Obj options)
            implements Write {
        Guests {
            guests = List.copyOf(guests);
        }

        @Override
        public Verb verb() {
            return Verb.POST;
        }

        @Override
        public String path() {
            return node.map(name -> ApiPath.of("/nodes/{node}/{action}", name, Word.of(action) + "all"))
                    .orElseGet(() -> ApiPath.of(
                            "/cluster/bulk-action/guest/{action}",
                            action == GuestsAction.STOP ? "shutdown" : Word.of(action)));
        }

        @Override
        public Json.Obj params() {
            var params = options;
            if (action == GuestsAction.MIGRATE) {
                params = params.with("target", target.orElseThrow(() -> BadArguments.missing("target", action)));
            }
            if (guests.isEmpty()) {
                return params;
            }
            return node.isPresent()
                    ? params.with("vms", guests.stream().map(String::valueOf).collect(Collectors.joining(",")))
                    : params.with("vms", Json.of(guests));
        }
    }
}

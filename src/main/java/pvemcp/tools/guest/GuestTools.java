package pvemcp.tools.guest;

import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PendingOption;
import pvemcp.pve.Percent;
import pvemcp.pve.PowerAction;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Gathered;
import pvemcp.tools.common.HaWish;
import pvemcp.tools.common.Names;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// VMs and containers, which Proxmox calls guests when it means both.
public final class GuestTools {
    public static final Toolset GUESTS = Toolset.of(
            "guests",
            "VMs and containers",
            read("pve_guest_list", """
                    List VMs and containers with status and load. Counts cover all that fit the filters.""", GuestList.class),
            read("pve_guest_get", """
                    Show one VM or container: status, load, uptime, tags, lock, notes.""", GuestGet.class),
            read("pve_guest_config", """
                    Show a guest's configuration. Changes that wait for a restart are marked.""", GuestConfig.class),
            operate("pve_guest_power", """
                    Start, stop or restart a VM or container, and say how it ended.""", GuestPower.class));

    private GuestTools() {}

    enum GuestSort {
        ID,
        NAME,
        CPU,
        MEM,
        DISK,
        UPTIME
    }

    record GuestList(
            @Doc(value = "In name, id or tag; or prod-*", obvious = true)
            Optional<String> text,

            @Doc(value = "Only on this node", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(
                    value = "running, stopped, paused",
                    usual = {"running", "stopped", "paused"},
                    obvious = true)
            Optional<String> status,

            @Doc(value = "Only VMs or only containers", obvious = true)
            Optional<GuestKind> kind,

            @Doc(value = "Only with this tag", obvious = true)
            Optional<String> tag,

            @Doc(value = "Only in this pool", kind = Kind.POOL, obvious = true)
            Optional<String> pool,

            @Doc(value = "Order; loads and sizes: greatest first", or = "id", obvious = true)
            GuestSort sort,

            Window window)
            implements Call<Page>, Everywhere {
        @Override
        public Page run(ToolContext ctx) {
            var all = Gathered.of(ctx, GuestList::all);
            return Page.of("guests", GuestLine.class, all.only(this::fits).sorted(order()), this)
                    .knowing("node", () -> Names.nodes(ctx))
                    .knowing("pool", () -> Names.pools(ctx))
                    .knowing("tag", () -> tags(all))
                    .counting("status", GuestLine::status)
                    .counting("kind", GuestLine::kind)
                    .sortedBy(Word.of(sort))
                    .brief("id", "name", "kind", "status", "node", "cpu", "mem")
                    .page(window, GuestLine::id);
        }

        private static List<GuestLine> all(ToolContext ctx) {
            return ctx.pve().guests().stream().map(GuestLine::of).toList();
        }

        private static Collection<String> tags(Gathered<GuestLine> all) {
            var tags = new TreeSet<String>();
            all.rows().forEach(row -> tags.addAll(row.value().tags()));
            return tags;
        }

        private boolean fits(GuestLine row) {
            return text.map(wanted -> row.matches(wanted.toLowerCase(Locale.ROOT)))
                            .orElse(true)
                    && node.map(row.node()::equals).orElse(true)
                    && status.map(row.status()::equalsIgnoreCase).orElse(true)
                    && kind.map(row.kind()::equals).orElse(true)
                    && tag.map(wanted -> row.tags().stream().anyMatch(wanted::equalsIgnoreCase))
                            .orElse(true)
                    && pool.map(row.pool()::equals).orElse(true);
        }

        private Comparator<GuestLine> order() {
            var byId = Comparator.comparingInt(GuestLine::id);
            return switch (sort) {
                case ID -> byId;
                case NAME -> Comparator.comparing(GuestLine::name).thenComparing(byId);
                case CPU -> greatest(row -> row.cpu().map(Percent::fraction).orElse(-1.0), byId);
                case MEM -> greatest(row -> size(row.mem()), byId);
                case DISK -> greatest(row -> size(row.maxDisk()), byId);
                case UPTIME ->
                    greatest(row -> row.uptime().map(Duration::toSeconds).orElse(-1L), byId);
            };
        }

        private static double size(Optional<Bytes> bytes) {
            return bytes.map(Bytes::count).orElse(-1L);
        }

        private static Comparator<GuestLine> greatest(ToDoubleFunction<GuestLine> value, Comparator<GuestLine> then) {
            return Comparator.comparingDouble(value).reversed().thenComparing(then);
        }
    }

    public record GuestGet(@Doc GuestRef guest) implements Call<GuestGet.GuestFacts>, OnGuest {
        /// @param maxMem what the guest may use
        /// @param mem what it uses as it sees it itself
        record GuestFacts(
                int id,
                String name,
                GuestKind kind,
                String node,
                String status,
                Optional<Duration> uptime,
                Optional<Percent> cpu,
                Optional<Long> cores,
                Optional<Bytes> mem,
                Optional<Bytes> maxMem,
                Optional<Bytes> maxDisk,
                List<String> tags,
                String pool,
                String lock,
                String ha,
                boolean template,
                boolean agent,
                List<View> notes) {}

        @Override
        public GuestFacts run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var now = found.status();
            return new GuestFacts(
                    found.vmid(),
                    Clean.name(found.name()),
                    found.kind(),
                    found.node(),
                    Clean.name(now.running() && !now.detail().isEmpty() ? now.detail() : now.status()),
                    now.uptime().filter(_ -> now.running()),
                    now.cpu().filter(_ -> now.running()),
                    now.cores().map(Double::longValue),
                    now.memory().filter(_ -> now.running()),
                    now.maxMemory(),
                    now.maxDisk(),
                    found.tags().stream().map(Clean::name).toList(),
                    Clean.name(found.pool()),
                    Clean.name(now.lock()),
                    now.haManaged() ? Clean.name(now.haState().isEmpty() ? "managed" : now.haState()) : "",
                    found.template(),
                    now.agent(),
                    found.config()
                            .get("description")
                            .map(text -> notes(found, text))
                            .orElse(List.of()));
        }
    }

    public record GuestConfig(@Doc GuestRef guest) implements Call<GuestConfig.ConfigFacts>, OnGuest {
        /// @param afterRestart what the setting will be; empty: no change waits
        record Setting(String key, String value, String afterRestart) {
            static Setting of(PendingOption option) {
                return new Setting(
                        Clean.name(option.key()),
                        Clean.line(option.value().orElse("")),
                        option.deleted()
                                ? "(removed)"
                                : Clean.line(option.pending().orElse("")));
            }
        }

        /// @param notOnDrive cloud-init settings that the guest finds only once its drive is written anew
        record ConfigFacts(
                String guest, String digest, List<Setting> settings, List<String> notOnDrive, List<View> notes) {}

        @Override
        public ConfigFacts run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var settings = new ArrayList<Setting>();
            var notes = new ArrayList<View>();
            var digest = "";
            for (var option : found.pending()) {
                switch (option.key()) {
                    case "digest" -> digest = option.value().orElse("");
                    case "description" ->
                        notes.addAll(notes(found, option.value().orElse("")));
                    default -> settings.add(Setting.of(option));
                }
            }
            settings.sort(Comparator.comparing(Setting::key));
            return new ConfigFacts(
                    Clean.oneLine(found.toString()), digest, settings, notOnDrive(found, settings), notes);
        }
    }

    private static List<String> notOnDrive(Guest vm, List<GuestConfig.Setting> settings) {
        if (settings.stream().noneMatch(setting -> setting.value().contains("cloudinit"))) {
            return List.of();
        }
        return Fields.list(vm.read("/cloudinit", Json.Obj.EMPTY)).stream()
                .filter(row -> row.maybe("pending").isPresent() || row.flag("delete"))
                .map(row -> Clean.name(row.text("key")))
                .toList();
    }

    /// What somebody wrote about a guest is quoted: it may say anything.
    private static List<View> notes(Guest guest, String text) {
        var lines = Clean.note(text).lines().toList();
        return lines.isEmpty() ? List.of() : List.of(new View.Log("notes of guest " + guest.vmid(), lines));
    }

    record GuestPower(
            @Doc GuestRef guest,

            @Doc("'shutdown' and 'reboot' ask the OS, 'stop' and 'reset' cut power")
            PowerAction action,

            @Doc(value = "How long to wait for the task", or = "60s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnGuest {
        @Override
        public Outcome run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            return HaWish.follow(ctx, found.power(action), timeout, HaWish.power(found.vmid(), action));
        }
    }
}

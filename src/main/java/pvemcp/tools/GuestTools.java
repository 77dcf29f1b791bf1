package pvemcp.tools;

import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Percent;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// VMs and containers, which Proxmox calls guests when it means both.
public final class GuestTools {
    public static final Toolset GUESTS = Toolset.of(
            "guests",
            "VMs and containers",
            read("pve_guest_list", """
                    List VMs and containers with status and load. Filters narrow, counts cover all that fit; \
                    one call answers 'how many' and 'which'.""", GuestList.class),
            read("pve_guest_get", """
                    Show one VM or container: status, load, uptime, tags, lock, notes.""", GuestGet.class),
            read("pve_guest_config", """
                    Show the configuration of one VM or container. Changes that wait for a restart are marked.""", GuestConfig.class),
            operate("pve_guest_power", """
                    Start, stop or restart a VM or container. Waits for the task and reports how it ended; 'shutdown' \
                    asks the guest's OS, 'stop' cuts its power.""", GuestPower.class));

    private GuestTools() {}

    enum GuestKind {
        VM,
        CT
    }

    enum GuestSort {
        ID,
        NAME,
        CPU,
        MEM,
        DISK,
        UPTIME
    }

    record GuestList(
            @Doc("Part of name, id or tag") Optional<String> text,

            @Doc(value = "Only on this node", kind = Kind.NODE)
            Optional<String> node,

            @Doc("running, stopped, paused …") Optional<String> status,
            @Doc("Only VMs or only containers") Optional<GuestKind> kind,
            @Doc("Only with this tag") Optional<String> tag,

            @Doc(value = "Only in this pool", kind = Kind.POOL)
            Optional<String> pool,

            @Doc(value = "Order; loads and sizes: greatest first", or = "id")
            GuestSort sort,

            Window window)
            implements Call<Page> {
        @Override
        public Page run(ToolContext ctx) {
            var rows = Inventory.guests(ctx.pve()).stream()
                    .filter(this::fits)
                    .sorted(order())
                    .toList();
            return Page.of("guests", GuestRow.class, rows, this)
                    .counting("status", GuestRow::status)
                    .counting("kind", GuestRow::kind)
                    .sortedBy(sort.name().toLowerCase(Locale.ROOT))
                    .brief("id", "name", "kind", "status", "node", "cpu", "mem")
                    .page(window, GuestRow::id);
        }

        private boolean fits(GuestRow row) {
            return text.map(wanted -> row.matches(wanted.toLowerCase(Locale.ROOT)))
                            .orElse(true)
                    && node.map(row.node()::equals).orElse(true)
                    && status.map(row.status()::equalsIgnoreCase).orElse(true)
                    && kind.map(row.kind()::equals).orElse(true)
                    && tag.map(wanted -> row.tags().stream().anyMatch(wanted::equalsIgnoreCase))
                            .orElse(true)
                    && pool.map(row.pool()::equals).orElse(true);
        }

        private Comparator<GuestRow> order() {
            var byId = Comparator.comparingLong(GuestRow::id);
            return switch (sort) {
                case ID -> byId;
                case NAME -> Comparator.comparing(GuestRow::name).thenComparing(byId);
                case CPU -> greatest(row -> row.cpu().map(Percent::fraction).orElse(-1.0), byId);
                case MEM -> greatest(row -> (double) row.mem().map(Bytes::count).orElse(-1L), byId);
                case DISK -> greatest(row -> (double) row.maxDisk().count(), byId);
                case UPTIME ->
                    greatest(
                            row -> (double)
                                    row.uptime().map(Duration::toSeconds).orElse(-1L),
                            byId);
            };
        }

        private static Comparator<GuestRow> greatest(
                java.util.function.ToDoubleFunction<GuestRow> value, Comparator<GuestRow> then) {
            return Comparator.comparingDouble(value).reversed().thenComparing(then);
        }
    }

    record GuestGet(@Doc GuestRef guest) implements Call<GuestGet.GuestFacts>, OnGuest {
        /// @param maxMem what the guest may use
        record GuestFacts(
                long id,
                String name,
                GuestKind kind,
                String node,
                String status,
                Optional<Duration> uptime,
                Optional<Percent> cpu,
                Optional<Long> cpus,
                Optional<Bytes> mem,
                Bytes maxMem,
                Bytes maxDisk,
                List<String> tags,
                String pool,
                String lock,
                String ha,
                boolean template,
                Optional<Boolean> agent,
                List<View> notes) {}

        @Override
        public GuestFacts run(ToolContext ctx) {
            var row = Inventory.guest(ctx.pve(), guest);
            var now = Fetch.object(ctx, row.path() + "/status/current");
            var config = Fetch.object(ctx, row.path() + "/config");
            var notes = new ArrayList<View>();
            config.maybe("description")
                    .ifPresent(text -> notes.add(new View.Log(
                            "notes of guest " + row.id(),
                            Clean.note(text).lines().toList())));
            // qmpstatus knows paused and suspended, where status only knows running.
            var status = now.maybe("qmpstatus").orElse(now.maybe("status").orElse(row.status()));
            return new GuestFacts(
                    row.id(),
                    row.name(),
                    row.kind(),
                    row.node(),
                    Clean.name(status),
                    now.seconds("uptime").filter(span -> !span.isZero()),
                    row.cpu(),
                    now.whole("cpus"),
                    row.mem(),
                    now.bytes("maxmem").orElse(row.maxMem()),
                    row.maxDisk(),
                    row.tags(),
                    row.pool(),
                    row.lock(),
                    row.ha(),
                    row.template(),
                    row.kind() == GuestKind.VM ? Optional.of(now.flag("agent")) : Optional.empty(),
                    notes);
        }
    }

    record GuestConfig(@Doc GuestRef guest) implements Call<GuestConfig.ConfigFacts>, OnGuest {
        /// @param pending what the setting becomes with the next start; empty: no change waits
        record Setting(String key, String value, String pending) {}

        record ConfigFacts(String guest, String digest, List<Setting> settings, List<View> notes) {}

        @Override
        public ConfigFacts run(ToolContext ctx) {
            var row = Inventory.guest(ctx.pve(), guest);
            var settings = new ArrayList<Setting>();
            var notes = new ArrayList<View>();
            var digest = "";
            for (var line : Fetch.list(ctx, row.path() + "/pending")) {
                var key = line.text("key");
                var value = line.text("value");
                if (key.equals("digest")) {
                    digest = value;
                } else if (key.equals("description")) {
                    notes.add(new View.Log(
                            "notes of guest " + row.id(),
                            Clean.note(value).lines().toList()));
                } else {
                    var pending = line.whole("delete").orElse(0L) > 0 ? "(removed)" : line.text("pending");
                    settings.add(new Setting(Clean.name(key), Clean.line(value), Clean.line(pending)));
                }
            }
            settings.sort(Comparator.comparing(Setting::key));
            return new ConfigFacts(row.toString(), digest, settings, notes);
        }
    }

    enum PowerAction {
        START,
        SHUTDOWN,
        STOP,
        REBOOT,
        RESET,
        SUSPEND,
        RESUME
    }

    record GuestPower(
            @Doc GuestRef guest,

            @Doc("'shutdown' and 'reboot' ask the OS, 'stop' and 'reset' do not; suspend, resume and reset: VMs only")
            PowerAction action,

            @Doc(value = "How long to wait for the task", or = "60s")
            Duration timeout)
            implements Call<Outcome>, OnGuest {
        @Override
        public Outcome run(ToolContext ctx) {
            var row = Inventory.guest(ctx.pve(), guest);
            var verb = action.name().toLowerCase(Locale.ROOT);
            return Outcome.of(ctx, Fetch.post(ctx, row.path() + "/status/" + verb), timeout);
        }
    }
}

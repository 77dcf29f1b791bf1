package pvemcp.tools.guest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.PendingOption;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Secret;
import pvemcp.text.Nearest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.SoAlready;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// A change to one guest's configuration: put together, shown as a diff, sent with the digest of what it was made
/// for, and read back. For one call by one thread.
final class Edit {
    private static final int SHOWN = 160;
    private static final String NOTHING_TO_CHANGE = "nothing to change: it is so already";

    private final Guest guest;
    private final GuestConfig before;
    private final SequencedMap<String, String> set = new LinkedHashMap<>();
    private final LinkedHashSet<String> delete = new LinkedHashSet<>();
    private final LinkedHashSet<String> revert = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();
    private boolean force;

    Edit(Guest guest) {
        this.guest = guest;
        this.before = guest.config();
    }

    /// One option before and after. `afterRestart` is what a running guest takes on only then.
    record Line(String option, String before, String now, String afterRestart) {}

    /// How it went.
    ///
    /// @param note what else is worth knowing
    record Changed(
            String guest, String outcome, List<Line> changes, String note, String task, List<View> log, String next)
            implements SoAlready {
        @Override
        public boolean isSoAlready() {
            return outcome.equals(NOTHING_TO_CHANGE);
        }
    }

    Guest guest() {
        return guest;
    }

    /// The value of an option that has to be there.
    ///
    /// @param argument the input that names it
    /// @throws BadArguments with the nearest one that is there
    String present(String argument, String key) {
        return before.get(key)
                .orElseThrow(() -> new BadArguments(List.of("argument '%s': %s has no %s%s"
                        .formatted(
                                argument,
                                guest,
                                key,
                                Nearest.hint(
                                        key, before.options().keySet().stream().toList())))));
    }

    /// The configuration with what waits for a restart, as it was found.
    GuestConfig before() {
        return before;
    }

    Edit set(String option, String value) {
        set.put(option, value);
        return this;
    }

    /// Only where it is not so already.
    Edit set(String option, Optional<?> value) {
        value.ifPresent(given -> set(option, given instanceof Boolean flag ? (flag ? "1" : "0") : given.toString()));
        return this;
    }

    Edit delete(String option) {
        delete.add(option);
        return this;
    }

    /// Takes back what waits for a restart.
    Edit revert(String option) {
        revert.add(option);
        return this;
    }

    /// Disks that are deleted from the configuration lose their data.
    Edit force() {
        force = true;
        return this;
    }

    Edit note(String text) {
        notes.add(text);
        return this;
    }

    /// Whether nothing is asked for at all, not even what is so already.
    boolean isEmpty() {
        return set.isEmpty() && delete.isEmpty() && revert.isEmpty();
    }

    private boolean changesNothing() {
        return revert.isEmpty()
                && delete.stream().noneMatch(option -> before.get(option).isPresent())
                && set.entrySet().stream()
                        .allMatch(entry -> before.get(entry.getKey()).equals(Optional.of(entry.getValue())));
    }

    /// What was to be removed and is not there, which may have been misspelt; empty where all is.
    private String notThere() {
        var there = before.options().keySet();
        var missing = new ArrayList<String>();
        for (var option : delete) {
            if (!there.contains(option)) {
                missing.add("it has no %s%s".formatted(Clean.name(option), Nearest.hint(option, there)));
            }
        }
        return String.join("; ", missing);
    }

    /// `memory: 2048 -> 4096; net1: (removed)`, in one line.
    String diff() {
        var parts = new ArrayList<String>();
        set.forEach((option, value) -> parts.add("%s: %s -> %s".formatted(option, was(option), shown(option, value))));
        delete.forEach(option -> parts.add("%s: %s -> (removed)".formatted(option, was(option))));
        revert.forEach(option -> parts.add("%s: pending change taken back".formatted(option)));
        return parts.isEmpty() ? "nothing" : String.join("; ", parts);
    }

    private String was(String option) {
        return before.get(option).map(value -> shown(option, value)).orElse("(none)");
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    private static String shown(String option, String value) {
        if (option.equals("cipassword") && !value.isEmpty()) {
            return Secret.MASK;
        }
        var line = Clean.oneLine(value);
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "… (%d characters)".formatted(line.length());
    }

    /// Sends it and waits, at most `timeout`.
    Changed make(ToolContext ctx, Duration timeout) {
        if (changesNothing()) {
            return new Changed(name(), NOTHING_TO_CHANGE, List.of(), notThere(), "", List.of(), "");
        }
        Outcome outcome;
        try {
            var task = guest.configure(params());
            outcome = task.isPresent() ? Outcome.of(ctx, task.get(), timeout) : Outcome.DONE;
        } catch (PveException e) {
            var problem = hotplugProblem(e.fault());
            if (problem.isEmpty()) {
                throw e;
            }
            // PVE has written the change down before it tried to plug it in (PVE::API2::Qemu, update_vm_api).
            outcome = new Outcome(
                    "not applied while it runs, but kept for the next restart: " + problem.get(),
                    "",
                    Optional.empty(),
                    List.of(),
                    "");
        }
        return after(outcome);
    }

    private Json.Obj params() {
        var params = Json.Obj.EMPTY;
        for (var entry : set.entrySet()) {
            params = params.with(entry.getKey(), entry.getValue());
        }
        if (!delete.isEmpty()) {
            params = params.with("delete", String.join(",", delete));
        }
        if (!revert.isEmpty()) {
            params = params.with("revert", String.join(",", revert));
        }
        if (force) {
            params = params.with("force", 1);
        }
        return before.digest().isEmpty() ? params : params.with("digest", before.digest());
    }

    private static Optional<String> hotplugProblem(PveFault fault) {
        var words = switch (fault) {
            case PveFault.TaskFailed failed -> failed.exit();
            case PveFault.Invalid invalid ->
                String.join("; ", invalid.problems().values());
            default -> "";
        };
        return words.contains("hotplug problem") ? Optional.of(Clean.line(words)) : Optional.empty();
    }

    /// What the configuration is now, beside what it was.
    Changed after(Outcome outcome) {
        var lines = outcome.isGoing() ? List.<Line>of() : lines();
        boolean waits = lines.stream().anyMatch(line -> !line.afterRestart().isEmpty());
        var next = waits && outcome.next().isEmpty()
                ? "pve_guest_power action=reboot applies what waits; a reboot from inside the guest does not"
                : outcome.next();
        return new Changed(
                name(), outcome.outcome(), lines, String.join("; ", notes), outcome.task(), outcome.log(), next);
    }

    private List<Line> lines() {
        var lines = new ArrayList<Line>();
        var now = new LinkedHashMap<String, PendingOption>();
        guest.pending().forEach(option -> now.put(option.key(), option));
        now.remove("digest");
        var keys = new TreeSet<>(now.keySet());
        keys.addAll(before.options().keySet());
        for (var key : keys) {
            var was = before.get(key).orElse("");
            var option = Optional.ofNullable(now.get(key));
            var value = option.flatMap(PendingOption::value).orElse("");
            var waiting = option.map(Edit::waiting).orElse("");
            boolean touched = set.containsKey(key) || delete.contains(key) || revert.contains(key);
            boolean differs = waiting.isEmpty() ? !value.equals(was) : touched;
            if (differs) {
                lines.add(new Line(Clean.name(key), shown(key, was), shown(key, value), shown(key, waiting)));
            }
        }
        return lines;
    }

    private static String waiting(PendingOption option) {
        return option.deleted() ? "(removed)" : option.pending().orElse("");
    }

    private String name() {
        return Clean.oneLine(guest.toString());
    }
}

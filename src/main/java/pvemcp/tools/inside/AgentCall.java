package pvemcp.tools.inside;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.remote.Agent;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// A command for the guest agent of a VM, which says what became of it.
record AgentCall(
        @Doc GuestRef guest,

        @Doc(value = "Frozen, it writes nothing until 'thaw'", obvious = true)
        Action action) implements Call<AgentCall.Answered>, OnGuest {
    record Answered(String outcome, String guest, String next) {}

    @Override
    public Answered run(ToolContext ctx) {
        var vm = ctx.pve().guest(guest);
        if (vm.kind() != GuestKind.VM) {
            throw new BadArguments(List.of("argument 'guest': %s is a container, and those have no agent"
                    .formatted(Clean.oneLine(vm.toString()))));
        }
        var result = ask(new Agent(vm));
        return new Answered(outcome(result), Clean.oneLine(vm.toString()), next(result));
    }

    private Json ask(Agent agent) {
        return switch (action) {
            case SUSPEND_RAM, SUSPEND_DISK, SUSPEND_HYBRID -> {
                agent.sleep("/" + action.command);
                yield Json.Null.NULL;
            }
            case PING, FREEZE, THAW, FREEZE_STATUS, TRIM, SHUTDOWN ->
                agent.send(Verb.POST, "/" + action.command, Json.Obj.EMPTY)
                        .get("result")
                        .orElse(Json.Null.NULL);
        };
    }

    private String outcome(Json result) {
        var count = result.scalarText().orElse("0");
        return switch (action) {
            case PING -> "the agent answers";
            case FREEZE -> "frozen: %s file systems".formatted(Clean.name(count));
            case THAW -> "thawed: %s file systems".formatted(Clean.name(count));
            case FREEZE_STATUS -> Clean.name(count);
            case TRIM -> trimmed(result);
            case SUSPEND_RAM, SUSPEND_DISK, SUSPEND_HYBRID -> "asked to sleep, and did not refuse";
            case SHUTDOWN -> "asked to shut down";
        };
    }

    private static String trimmed(Json result) {
        var paths = Fields.list(Fields.of(result).raw("paths"));
        long bytes = paths.stream()
                .mapToLong(path -> path.whole("trimmed").orElse(0L))
                .sum();
        return "trimmed %s on %d file systems".formatted(new Bytes(bytes), paths.size());
    }

    private String next(Json result) {
        boolean frozen = action == Action.FREEZE
                || (action == Action.FREEZE_STATUS
                        && result.scalarText().orElse("").equals("frozen"));
        return switch (action) {
            case FREEZE, FREEZE_STATUS -> frozen ? "pve_guest_agent action=thaw, soon: writers inside wait" : "";
            case SUSPEND_RAM, SUSPEND_DISK, SUSPEND_HYBRID, SHUTDOWN -> "pve_guest_get shows when it is done";
            case PING, THAW, TRIM -> "";
        };
    }

    enum Action {
        PING("ping"),
        FREEZE("fsfreeze-freeze"),
        THAW("fsfreeze-thaw"),
        FREEZE_STATUS("fsfreeze-status"),
        TRIM("fstrim"),
        SUSPEND_RAM("suspend-ram"),
        SUSPEND_DISK("suspend-disk"),
        SUSPEND_HYBRID("suspend-hybrid"),
        SHUTDOWN("shutdown");

        private final String command;

        Action(String command) {
            this.command = command;
        }
    }
}

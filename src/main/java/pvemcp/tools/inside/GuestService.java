package pvemcp.tools.inside;

import java.util.List;
import java.util.Optional;
import pvemcp.pve.GuestRef;
import pvemcp.remote.Command;
import pvemcp.remote.RunLimits;
import pvemcp.remote.Way;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// A service of the guest's init: how it is, or what it is told to do.
record GuestService(
        @Doc GuestRef guest,

        @Doc(value = "Service, such as nginx", obvious = true)
        String service,

        @Doc(value = "What to do", or = "status", obvious = true)
        Action action,

        @Doc(value = "How to get in", or = "auto", obvious = true)
        Way via)
        implements Call<GuestService.Unit>, OnGuest {
    /// @param state such as `active (running)`; empty where the guest's init only speaks by exit status
    record Unit(
            String service,
            String state,
            String atBoot,
            String description,
            Optional<Integer> exit,
            String via,
            List<View> output) {}

    // systemd answers with names and values; OpenRC and init scripts with an exit status and words of their own.
    private static final String SCRIPT = "if command -v systemctl >/dev/null 2>&1; then "
            + "if [ \"$1\" != status ]; then systemctl \"$1\" -- \"$2\" || exit; fi; "
            + "systemctl show --no-pager --property=Id,Description,LoadState,ActiveState,SubState,UnitFileState -- \"$2\"; "
            + "elif command -v rc-service >/dev/null 2>&1; then rc-service \"$2\" \"$1\"; "
            + "else service \"$2\" \"$1\"; fi";

    @Override
    public Unit run(ToolContext ctx) {
        // systemd.unit(5): what a unit's name may have; a leading dash would be an option.
        if (!service.matches("[A-Za-z0-9@_][A-Za-z0-9:_.\\\\@-]{0,254}")) {
            throw new BadArguments(List.of("argument 'service': '%s' is no service's name; such as nginx or getty@tty1"
                    .formatted(Clean.name(service))));
        }
        var found = ctx.pve().guest(guest);
        var way = ctx.shells().shell(ctx.pve(), found, via);
        var verb = Word.of(action);
        var output = way.run(Command.script(SCRIPT, verb, service), new RunLimits(Limits.LONGEST, 16_000));
        boolean systemd = output.succeeded() && output.out().contains("ActiveState=");
        return new Unit(
                service,
                systemd ? state(output.out()) : output.succeeded() ? "running or done" : "not running, or refused",
                value(output.out(), "UnitFileState"),
                value(output.out(), "Description"),
                systemd ? Optional.empty() : Quotes.exit(output),
                Clean.oneLine(way.way()),
                systemd ? List.of() : Quotes.of(found, output));
    }

    private static String state(String answer) {
        return value(answer, "LoadState").equals("not-found")
                ? "no such service"
                : "%s (%s)".formatted(value(answer, "ActiveState"), value(answer, "SubState"));
    }

    private static String value(String answer, String name) {
        return answer.lines()
                .filter(line -> line.startsWith(name + "="))
                .findFirst()
                .map(line -> Clean.name(line.substring(name.length() + 1)))
                .orElse("");
    }

    enum Action {
        STATUS,
        START,
        STOP,
        RESTART
    }
}

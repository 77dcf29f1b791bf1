package pvemcp.tools.inside;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.GuestRef;
import pvemcp.remote.Command;
import pvemcp.remote.Output;
import pvemcp.remote.RunLimits;
import pvemcp.remote.Way;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// A program inside a guest, run to its end or for as long as a call may take.
record Exec(
        @Doc GuestRef guest,

        @Doc("Program and arguments, or a script") List<String> command,

        @Doc(value = "Run by the guest's sh", or = "false", obvious = true)
        boolean shell,

        @Doc(value = "What it reads on standard input", exact = true)
        Optional<String> stdin,

        @Doc(value = "At most 50s", or = "30s") Duration timeout,

        @Doc(value = "Bytes of output", or = "16000", min = 1, max = 1_000_000, obvious = true)
        int limit,

        @Doc(value = "How to get in", or = "auto", obvious = true)
        Way via)
        implements Call<Exec.Ran>, OnGuest {
    /// @param cut what of the output was left out
    /// @param process what may still be running
    record Ran(
            String outcome,
            Optional<Integer> exit,
            String via,
            String cut,
            String process,
            List<View> output,
            String next) {}

    @Override
    public Ran run(ToolContext ctx) {
        var found = ctx.pve().guest(guest);
        var way = ctx.shells().shell(ctx.pve(), found, via);
        var time = timeout.compareTo(Limits.LONGEST) < 0 ? timeout : Limits.LONGEST;
        ctx.checkCancelled();
        var output = way.run(asked(), new RunLimits(time, limit));
        return new Ran(
                outcome(output, time),
                Quotes.exit(output),
                Clean.oneLine(way.way()),
                cut(output),
                output.ending() == Output.Ending.TIMED_OUT ? Clean.name(output.process()) : "",
                Quotes.of(found, output),
                next(output));
    }

    private Command asked() {
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            throw new BadArguments(List.of("argument 'command': names no program; such as [\"uptime\"]"));
        }
        var words = new ArrayList<String>();
        if (shell) {
            words.addAll(List.of("sh", "-c", command.getFirst(), "sh"));
            words.addAll(command.subList(1, command.size()));
        } else {
            words.addAll(command);
        }
        if (!shell && command.size() == 1 && command.getFirst().contains(" ")) {
            throw new BadArguments(
                    List.of("argument 'command': '%s' would be one program's name; give the words apart, or shell=true"
                            .formatted(Clean.name(command.getFirst()))));
        }
        var input = stdin.orElse("").getBytes(StandardCharsets.UTF_8);
        return new Command(words, input);
    }

    private static String outcome(Output output, Duration time) {
        return switch (output.ending()) {
            case EXITED -> output.succeeded() ? "done" : "failed";
            case SIGNALLED -> "ended by a signal";
            case TIMED_OUT -> "still running after %d s".formatted(time.toSeconds());
        };
    }

    private static String cut(Output output) {
        var parts = new ArrayList<String>();
        if (output.outCut() > 0) {
            parts.add("%d bytes or more of stdout".formatted(output.outCut()));
        }
        if (output.errCut() > 0) {
            parts.add("%d bytes or more of stderr".formatted(output.errCut()));
        }
        return String.join(", ", parts);
    }

    private static String next(Output output) {
        if (output.ending() == Output.Ending.TIMED_OUT) {
            return "it was not stopped; start what takes long in the background, with its output in a file";
        }
        return output.truncated() ? "a greater limit, or a command that prints less" : "";
    }
}

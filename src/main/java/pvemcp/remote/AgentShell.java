package pvemcp.remote;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.pve.Waiting;
import pvemcp.pve.Watcher;
import pvemcp.remote.Output.Ending;

/// Commands through the QEMU guest agent of one VM.
///
/// PVE starts the program and answers with its pid; its end is asked for with growing pauses, 0.1 s to 2 s. A result
/// can be fetched once only (PVE::API2::Qemu::Agent), so it is never asked for again after it has come.
public final class AgentShell implements Shell {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Guest vm;
    private final Agent agent;
    private final Waiting waiting;
    private final Watcher watcher;

    /// @param watcher asked between two looks whether the command is still waited for
    public AgentShell(Guest vm, Waiting waiting, Watcher watcher) {
        this.vm = vm;
        this.agent = new Agent(vm);
        this.waiting = waiting;
        this.watcher = watcher;
    }

    @Override
    public String way() {
        return "guest agent";
    }

    @Override
    public Output run(Command command, RunLimits limits) {
        var start = waiting.elapsed();
        long pid = start(command);
        try {
            return ended(pid, start, limits);
        } catch (CancellationException e) {
            throw (CancellationException) new CancellationException(
                            "the call was taken back; the program goes on in %s as pid %d".formatted(vm, pid))
                    .initCause(e);
        }
    }

    private Output ended(long pid, Duration start, RunLimits limits) {
        var pause = FIRST_PAUSE;
        while (true) {
            watcher.checkCancelled();
            var status = agent.read("/exec-status", Json.obj("pid", pid));
            if (status.flag("exited").orElse(false)) {
                return output(status, limits, pid);
            }
            var left = limits.time().minus(waiting.elapsed().minus(start));
            if (left.isNegative() || left.isZero()) {
                return new Output(OptionalInt.empty(), "", "", 0, 0, Ending.TIMED_OUT, "pid " + pid);
            }
            pause(pause.compareTo(left) < 0 ? pause : left);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private long start(Command command) {
        var argv = command.argv();
        var params = Json.Obj.EMPTY;
        if (command.input().length > 0) {
            var ascii = isAscii(command.input());
            // input-data has no encode switch and characters above 127 arrive spoilt (PVE::QemuServer::Agent), so
            // such input travels as base64 through a fixed script of the guest's own shell.
            var data = ascii
                    ? new String(command.input(), StandardCharsets.US_ASCII)
                    : Base64.getEncoder().encodeToString(command.input());
            params = params.with("input-data", data);
            if (!ascii) {
                var through = new ArrayList<>(List.of("/bin/sh", "-c", "base64 -d | \"$@\"", "sh"));
                through.addAll(argv);
                argv = through;
            }
        }
        params = params.with("command", Json.strings(argv));
        return agent.send(Verb.POST, "/exec", params)
                .whole("pid")
                .orElseThrow(() -> new PveException(new PveFault.InGuest("exec", "no process id came back")));
    }

    private void pause(Duration time) {
        try {
            waiting.pause(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the waiting was called off");
        }
    }

    private static Output output(Json.Obj answer, RunLimits limits, long pid) {
        var out = kept(answer.text("out-data").orElse(""), limits.bytes());
        var err = kept(answer.text("err-data").orElse(""), limits.bytes());
        // Where the agent itself has cut, it does not say by how much: at least a byte.
        long outCut = out.cut() + (answer.flag("out-truncated").orElse(false) ? 1 : 0);
        long errCut = err.cut() + (answer.flag("err-truncated").orElse(false) ? 1 : 0);
        var exit = answer.whole("exitcode");
        var ending = exit.isPresent() ? Ending.EXITED : Ending.SIGNALLED;
        var code = exit.isPresent() ? OptionalInt.of(exit.get().intValue()) : OptionalInt.empty();
        return new Output(code, out.text(), err.text(), outCut, errCut, ending, "pid " + pid);
    }

    private static Kept kept(String data, int limit) {
        var bytes = bytes(data);
        var kept = new Kept(limit);
        kept.write(bytes, 0, bytes.length);
        return kept;
    }

    /// The bytes a guest wrote: PVE puts each into JSON as a character of its own (PVE::API2::Qemu::Agent), so UTF-8
    /// arrives encoded twice. Text that cannot have come that way is taken as it is.
    static byte[] bytes(String data) {
        boolean bytewise = data.chars().allMatch(c -> c <= 0xFF);
        return data.getBytes(bytewise ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }
}

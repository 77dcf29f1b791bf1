package pvemcp.remote;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;

/// Files by the guest's own POSIX tools. Uses only what BusyBox has too, so that Alpine guests work like Debian ones.
final class ShellFiles implements GuestFiles {
    // %F and its kin are understood by both GNU and BusyBox stat; -printf of find is not.
    private static final String STAT_FORMAT = "%F/%s/%U/%G/%a/%Y";

    private final Shell shell;
    private final RunLimits limits;

    /// @param limits for each command; the bytes bound what a listing may take
    public ShellFiles(Shell shell, RunLimits limits) {
        this.shell = shell;
        this.limits = limits;
    }

    @Override
    public Part read(String path, long offset, int limit) {
        GuestFiles.requireAbsolute(path);
        // A byte more than asked for tells whether the file goes on. Base64 brings any byte through unharmed.
        var script =
                "[ -f \"$1\" ] || { cat -- \"$1\" > /dev/null; exit; }; tail -c \"+$2\" -- \"$1\" | head -c \"$3\" | base64";
        var from = Long.toString(offset + 1);
        var want = Integer.toString(limit + 1);
        int room = (limit + 1) / 3 * 4 + limit / 19 + 64; // base64 with its line ends
        var output = shell.run(Command.script(script, path, from, want), new RunLimits(limits.time(), room));
        var bytes = decoded(Base64.getMimeDecoder(), require(output));
        boolean more = bytes.length > limit;
        return new Part(more ? Arrays.copyOf(bytes, limit) : bytes, more);
    }

    @Override
    public void write(String path, byte[] content) {
        GuestFiles.requireAbsolute(path);
        // cp -p gives the new file the mode and owner of the old one; mv makes the change whole or not at all.
        var script = "mkdir -p -- \"$(dirname -- \"$1\")\" && t=\"$1.pve-mcp.$$\" && "
                + "{ [ ! -e \"$1\" ] || cp -p -- \"$1\" \"$t\"; } && cat > \"$t\" && mv -f -- \"$t\" \"$1\"";
        require(shell.run(Command.script(script, path).reading(content), limits));
    }

    @Override
    public Stat stat(String path) {
        GuestFiles.requireAbsolute(path);
        return parse(require(shell.run(Command.of("stat", "-L", "-c", STAT_FORMAT, "--", path), limits))
                .strip());
    }

    @Override
    public Listing list(String path, int limit) {
        GuestFiles.requireAbsolute(path);
        var script =
                "cd -- \"$1\" || exit; n=0; for f in .[!.]* ..?* *; do [ -e \"$f\" ] || [ -L \"$f\" ] || continue; "
                        + "n=$((n+1)); [ \"$n\" -le \"$2\" ] || { echo more; break; }; "
                        + "stat -c '" + STAT_FORMAT
                        + "' -- \"$f\"; printf '%s' \"$f\" | base64 | tr -d '\\n'; echo; done";
        var text = require(shell.run(Command.script(script, path, Integer.toString(limit)), limits));
        var entries = new ArrayList<Entry>();
        var lines = text.lines().toList();
        boolean more = !lines.isEmpty() && lines.getLast().equals("more");
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            var name = new String(decoded(Base64.getDecoder(), lines.get(i + 1)), StandardCharsets.UTF_8);
            entries.add(new Entry(name, parse(lines.get(i))));
        }
        entries.sort(Comparator.comparing(Entry::name));
        return new Listing(entries, more);
    }

    /// Who has the guest has its programs, which may answer anything.
    private static byte[] decoded(Base64.Decoder decoder, String text) {
        try {
            return decoder.decode(text);
        } catch (IllegalArgumentException e) {
            throw new PveException(new PveFault.InGuest("base64", "base64 did not answer in Base64"), e);
        }
    }

    private static Stat parse(String line) {
        var parts = List.of(line.split("/", -1));
        if (parts.size() != 6
                || !parts.get(1).matches("\\d{1,18}")
                || !parts.get(5).matches("-?\\d{1,11}")) {
            throw new PveException(new PveFault.InGuest("stat", "stat answered '%s'".formatted(line)));
        }
        return new Stat(
                parts.get(0),
                Long.parseLong(parts.get(1)),
                parts.get(2),
                parts.get(3),
                parts.get(4),
                Instant.ofEpochSecond(Long.parseLong(parts.get(5))));
    }

    /// What the command printed, where it went well and came whole.
    private static String require(Output output) {
        if (output.ending() == Output.Ending.TIMED_OUT) {
            throw new PveException(new PveFault.InGuest("timeout", "the guest did not answer in time"));
        }
        if (!output.succeeded()) {
            var why = output.err().isBlank()
                    ? "exit status " + output.exit().orElse(-1)
                    : output.err().strip();
            throw new PveException(new PveFault.InGuest("command", why));
        }
        if (output.outCut() > 0) {
            throw new PveException(new PveFault.InGuest("output", "the answer is longer than the limit"));
        }
        return output.out();
    }
}

package pvemcp.tools.smoke;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.tool.NotAllowed;
import pvemcp.tool.ToolContext;

/// What smoke tests have made, a JSON line each, on disk before it is asked for: whatever happens to a run, what it
/// left behind is known. Several processes may append to it.
final class SmokeRecord {
    private static final int LONGEST = 16 << 20;

    private final Path file;

    private SmokeRecord(Path file) {
        this.file = file;
    }

    /// @throws NotAllowed where there is no place for it
    static SmokeRecord of(ToolContext ctx) {
        return new SmokeRecord(ctx.files()
                .smoke()
                .orElseThrow(() -> new NotAllowed(
                        "smoke.file",
                        "there is no file to write down what the tests make",
                        "the owner can set smoke.file")));
    }

    /// @param what `guest`, or `backup` for whatever a run has backed up to a storage
    /// @param kind `lxc` or `qemu`
    /// @param storage of a backup, else empty
    /// @param run what is written into the notes of all that this run makes
    record Made(String what, String run, String node, String kind, int vmid, String name, String storage) {
        static Made from(Json.Obj line) {
            return new Made(
                    line.text("what").orElse(""),
                    line.text("run").orElse(""),
                    line.text("node").orElse(""),
                    line.text("kind").orElse(""),
                    line.whole("vmid").orElse(0L).intValue(),
                    line.text("name").orElse(""),
                    line.text("storage").orElse(""));
        }

        Json.Obj line(String event, String time) {
            return Json.obj("event", event, "time", time)
                    .with("what", what)
                    .with("run", run)
                    .with("node", node)
                    .with("kind", kind)
                    .with("vmid", vmid)
                    .with("name", name)
                    .with("storage", storage);
        }

        /// Stands in the notes of everything a run makes; a guest without it is somebody's own.
        String mark() {
            return mark(run);
        }

        static String mark(String run) {
            return "made by a pve-mcp smoke test, run " + run;
        }
    }

    void makes(Made made, ToolContext ctx) {
        append(made.line("made", ctx.clock().instant().toString()));
    }

    void isGone(Made made, ToolContext ctx) {
        append(made.line("gone", ctx.clock().instant().toString()));
    }

    /// What was made and is not known to be gone.
    List<Made> left() {
        var left = new ArrayList<Made>();
        try {
            if (!Files.exists(file)) {
                return left;
            }
            if (Files.size(file) > LONGEST) {
                throw new IOException("it is larger than 16 MiB");
            }
            for (var line : Files.readAllLines(file)) {
                // The last line of a process that was killed may be half a line: nothing was made after it.
                if (line.endsWith("}")) {
                    var parsed = (Json.Obj) Json.parse(line);
                    var made = Made.from(parsed);
                    if (parsed.text("event").orElse("").equals("made")) {
                        left.add(made);
                    } else {
                        left.remove(made);
                    }
                }
            }
            return left;
        } catch (IOException e) {
            throw new UncheckedIOException("smoke.file %s cannot be read".formatted(file), e);
        }
    }

    private void append(Json.Obj line) {
        try {
            var parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
            boolean posix =
                    FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
            try (var out = posix
                    ? Files.newByteChannel(
                            file,
                            options,
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                    : Files.newByteChannel(file, options)) {
                out.write(StandardCharsets.UTF_8.encode("\n" + line.write()));
            }
        } catch (IOException e) {
            throw new NotAllowed(
                    "smoke.file",
                    "%s cannot be written (%s), so nothing is made".formatted(file, e.getMessage()),
                    "free space, or set smoke.file to a place this process may write");
        }
    }
}

package pvemcp.tools.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Received;
import pvemcp.pve.Storage;
import pvemcp.text.Nearest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// A file out of a backup, put into the directory the owner has opened for that. Only its name and size are answered:
/// what is in it is for whoever may read it there.
record BackupExtract(
        @Doc(value = "As pve_backup_list names it", obvious = true)
        String archive,

        @Doc(value = "Path from pve_backup_files", obvious = true)
        String path,

        @Doc(kind = Kind.NODE) Optional<String> node)
        implements Call<BackupExtract.Extracted>, OnArchive, Planned {
    /// @param remark what is not sure about it; empty where nothing is left to doubt
    record Extracted(String file, Bytes size, String remark) {}

    BackupExtract {
        archive = Archive.parse(archive).text();
        if (!path.startsWith("/") || path.equals("/")) {
            throw new IllegalArgumentException(
                    "'%s' is no path inside a backup; pve_backup_files shows them".formatted(path));
        }
    }

    /// The first request only looks for the file, so what it is for is said in words.
    @Override
    public Preview preview(ToolContext ctx) {
        return new Preview(
                "download %s out of %s to this server".formatted(Clean.line(path), archive), List.of(), List.of());
    }

    @Override
    public Extracted run(ToolContext ctx) {
        var there = Archive.parse(archive).at(ctx, node);
        var entry = entry(there);
        boolean file = entry.text("type").equals("f");
        var name = lastName() + (file ? "" : ".zip");
        try (var arrival = ctx.files().receive(name)) {
            var params = Json.obj("volume", archive, "filepath", encoded(path));
            var from = ApiPath.of(
                    "/nodes/{node}/storage/{storage}/file-restore/download",
                    there.node().name(),
                    there.name());
            var received = ctx.pve().download(from, params, arrival.out(), told(ctx, entry));
            var kept = arrival.keep();
            var remark = file ? compared(entry, received, kept) : wholeArchive(kept);
            return new Extracted(kept.toString(), Bytes.of(received.bytes()), remark);
        } catch (UncheckedIOException e) {
            throw cannotKeep(e.getCause());
        } catch (IOException e) {
            throw cannotKeep(e);
        }
    }

    private static BadArguments cannotKeep(IOException e) {
        return new BadArguments(List.of("the file cannot be kept here (%s): the owner should look at the directory in"
                        .formatted(Clean.line(String.valueOf(e.getMessage())))
                + " files.download"));
    }

    private LongConsumer told(ToolContext ctx, Fields entry) {
        var size = entry.bytes("size").map(Bytes::count).orElse(0L);
        return got -> {
            ctx.checkCancelled();
            ctx.progress(size == 0 ? -1 : (double) got / size, "received " + Bytes.of(got));
        };
    }

    /// PVE hands on what a helper process writes, and ends the answer in good order when that process fails.
    private static String compared(Fields entry, Received received, Path kept) throws IOException {
        var size = entry.bytes("size").map(Bytes::count);
        if (size.isPresent() && size.get() != received.bytes()) {
            throw broken(
                    "%s came, and the file has %s".formatted(Bytes.of(received.bytes()), Bytes.of(size.get())), kept);
        }
        return size.isPresent() || received.measured() ? "" : "PVE did not say how long it is";
    }

    private static String wholeArchive(Path kept) throws IOException {
        try (var zip = new ZipFile(kept.toFile())) {
            return "a ZIP archive of %d entries".formatted(zip.size());
        } catch (ZipException e) {
            throw broken("the ZIP archive is cut off", kept);
        }
    }

    private static PveException broken(String why, Path kept) throws IOException {
        Files.deleteIfExists(kept);
        return new PveException(new PveFault.NotPve("the file restore", why + "; nothing was kept, try again"));
    }

    private String lastName() {
        return path.substring(path.lastIndexOf('/', path.length() - 2) + 1).replace("/", "");
    }

    /// The row of the listing above it: whether it is there, what it is and how long.
    private Fields entry(Storage there) {
        var plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        int slash = plain.lastIndexOf('/');
        var rows = list(there, archive, slash == 0 ? "/" : plain.substring(0, slash));
        var name = plain.substring(slash + 1);
        for (var row : rows) {
            if (row.text("text").equals(name)) {
                return row;
            }
        }
        var names = rows.stream().map(row -> Clean.name(row.text("text"))).toList();
        throw new BadArguments(List.of("argument 'path': there is no '%s' in this backup%s"
                .formatted(Clean.line(path), Nearest.hint(name, names))));
    }

    /// What is in a directory of a backup.
    static List<Fields> list(Storage there, String archive, String path) {
        return Fields.list(there.read("/file-restore/list", Json.obj("volume", archive, "filepath", encoded(path))));
    }

    /// "/" goes as it is, every other path in Base64 (PVE::API2::Storage::FileRestore, list).
    private static String encoded(String path) {
        return path.equals("/") ? path : Base64.getEncoder().encodeToString(path.getBytes(StandardCharsets.UTF_8));
    }
}

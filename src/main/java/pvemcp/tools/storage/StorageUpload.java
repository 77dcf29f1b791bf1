package pvemcp.tools.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Storage;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;
import pvemcp.pve.Volume;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.view.View;

/// A file of this machine for a storage. PVE would overwrite what has the same name without a word, and takes the
/// whole file before it looks whether there is room: both are looked at first.
record StorageUpload(
        @Doc(kind = Kind.NODE) String node,
        @Doc(kind = Kind.STORAGE) String storage,

        @Doc(value = "Path in a directory opened for uploads", obvious = true)
        String file,

        @Doc(value = "Default: by the file's ending", obvious = true)
        Optional<DatastoreTools.Content> content,

        @Doc(value = "Name to keep it by; default: the file's", obvious = true)
        Optional<String> filename)
        implements Call<StorageUpload.Uploaded>, OnPath {
    private static final int PIECE = 1 << 20;

    /// @param sha256 as it is here and, once the task is done, there: PVE compares
    record Uploaded(
            String outcome,
            String volume,
            Bytes size,
            String sha256,
            String task,
            Optional<Duration> waited,
            List<View> log,
            String next) {}

    @Override
    public Verb verb() {
        return Verb.POST;
    }

    @Override
    public String path() {
        return ApiPath.of("/nodes/{node}/storage/{storage}/upload", node, storage);
    }

    @Override
    public Json.Obj params() {
        return Json.Obj.EMPTY;
    }

    @Override
    public Uploaded run(ToolContext ctx) {
        try (var source = ctx.files().open(file)) {
            var name = name(source);
            var kind = kind(name);
            var volume = "%s:%s/%s".formatted(storage, kind, name);
            requireRoom(ctx.pve().node(node).storage(storage), kind, volume, source.size());
            var sha256 = sha256(source, ctx);
            var params = Json.obj("content", kind, "checksum-algorithm", "sha256", "checksum", sha256);
            var upload = new Upload(name, source.size(), source.content(), told(ctx, "sent", source.size()));
            var task = ctx.pve().requireTask(ctx.pve().upload(path(), params, upload));
            var end = Outcome.of(ctx, task, Outcome.LONGEST);
            return new Uploaded(
                    end.outcome(),
                    volume,
                    Bytes.of(source.size()),
                    sha256,
                    end.task(),
                    end.waited(),
                    end.log(),
                    end.next());
        } catch (UncheckedIOException e) {
            throw new BadArguments(List.of("argument 'file': it cannot be read (%s); nothing was stored"
                    .formatted(e.getCause().getMessage())));
        }
    }

    /// As PVE would change it (PVE::Storage::normalize_content_filename), so that the answer names what is there.
    private String name(LocalFiles.Source source) {
        var given = filename.orElseGet(() -> source.path().getFileName().toString());
        var name = given.replaceAll("[^a-zA-Z0-9_.-]", "_");
        if (name.startsWith(".") || name.isEmpty()) {
            throw new BadArguments(List.of("argument 'filename': '%s' cannot be kept by that name".formatted(given)));
        }
        return name;
    }

    private String kind(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        // PVE::Storage: $ISO_EXT_RE_0, $VZTMPL_EXT_RE_1, $UPLOAD_IMPORT_EXT_RE_1
        var byEnding = lower.endsWith(".iso") || lower.endsWith(".img")
                ? "iso"
                : lower.matches(".*\\.tar(\\.(gz|xz|zst|bz2))?")
                        ? "vztmpl"
                        : lower.matches(".*\\.(ova|qcow2|raw|vmdk)") ? "import" : "";
        var wanted = content.map(Word::of).orElse(byEnding);
        if (byEnding.isEmpty() || !wanted.equals(byEnding)) {
            throw new BadArguments(List.of(("argument 'filename': '%s' has no ending of %s; PVE takes .iso and .img as"
                            + " iso, .tar, .tar.gz, .tar.xz, .tar.zst as vztmpl, .qcow2, .raw, .vmdk, .ova as import")
                    .formatted(name, wanted.isEmpty() ? "anything it takes" : wanted)));
        }
        return wanted;
    }

    private void requireRoom(Storage there, String kind, String volume, long size) {
        var status = there.status();
        if (!status.content().contains(kind)) {
            throw new BadArguments(List.of("argument 'storage': %s keeps %s, but no %s; pve_storage_list content=%s"
                    .formatted(storage, String.join(", ", status.content()), kind, kind)));
        }
        var free = status.available();
        if (free.isPresent() && free.get().count() < size) {
            throw new BadArguments(List.of("argument 'storage': %s has %s left and the file is %s long"
                    .formatted(storage, free.get(), Bytes.of(size))));
        }
        for (Volume volumeThere : there.content(Json.obj("content", kind))) {
            if (volumeThere.volid().equals(volume)) {
                throw new BadArguments(
                        List.of("argument 'filename': %s is there already and would be overwritten; take another name"
                                        .formatted(volume)
                                + " or delete it first with pve_volume_delete"));
            }
        }
    }

    private static String sha256(LocalFiles.Source source, ToolContext ctx) {
        var told = told(ctx, "checksum of", source.size());
        try (var in = source.content().open()) {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = new byte[PIECE];
            long done = 0;
            long toldAt = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                done += n;
                if (done - toldAt > 256L * PIECE) {
                    told.accept(done);
                    toldAt = done;
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every JDK has it.
        }
    }

    private static LongConsumer told(ToolContext ctx, String what, long size) {
        return done -> {
            ctx.checkCancelled();
            ctx.progress(
                    size == 0 ? 1 : (double) done / size,
                    "%s %s of %s".formatted(what, Bytes.of(done), Bytes.of(size)));
        };
    }
}

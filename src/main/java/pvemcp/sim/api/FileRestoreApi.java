package pvemcp.sim.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Volume;
import pvemcp.sim.world.VolumeId;

/// Single files out of a backup (PVE::API2::Storage::FileRestore). What is in one is made up from the configuration
/// it holds: a handful of files as every system has them, below a container's archive or a partition of a VM's disk.
final class FileRestoreApi {
    private static final String BASE = "/nodes/{node}/storage/{storage}/file-restore/";

    private FileRestoreApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, BASE + "list", FileRestoreApi::list)
                .on(Verb.GET, BASE + "download", FileRestoreApi::download);
    }

    private static Volume archive(Request request) {
        var text = request.text("volume");
        var storage = NodeStorageApi.storage(request);
        var id = VolumeId.matches(text) ? VolumeId.parse(text) : new VolumeId(storage.id(), "backup/" + text);
        if (!id.storage().equals(storage.id())) {
            throw SimError.invalid("volume", "storage ID mismatch (%s != %s)\n".formatted(id.storage(), storage.id()));
        }
        var name = storage.parse(id.name());
        // PVE::Storage::check_volume_access
        if (!request.may("/storage/" + storage.id(), "Datastore.Allocate")) {
            request.require("/vms/" + name.vmid(), "VM.Backup");
            request.require("/storage/" + storage.id(), "Datastore.AllocateSpace");
        }
        if (storage.type() != StorageType.PBS) {
            throw SimError.invalid("storage", "Only PBS storages supported for file-restore.");
        }
        return storage.volume(request.node().name(), id.name())
                .orElseThrow(() -> new SimError("snapshot '%s' not found".formatted(id.name())));
    }

    /// Files by their path in the backup.
    private static NavigableMap<String, byte[]> files(Volume archive) {
        boolean container = archive.name().backupKind().equals("lxc");
        var top = container ? "/root.pxar.didx" : "/drive-scsi0.img.fidx/part/1";
        var name = archive.archivedConfig
                .lines()
                .filter(line -> line.startsWith(container ? "hostname: " : "name: "))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .findFirst()
                .orElse("guest-" + archive.name().vmid());
        var files = new TreeMap<String, byte[]>();
        put(files, top + "/etc/hostname", name + "\n");
        put(files, top + "/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 %s\n".formatted(name));
        put(files, top + "/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\n");
        put(files, top + "/var/log/syslog", "kernel: booting\n".repeat(400));
        return files;
    }

    private static void put(Map<String, byte[]> files, String path, String text) {
        files.put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /// `/` as it is, everything else in Base64.
    private static String path(Request request) {
        var given = request.text("filepath");
        if (given.equals("/")) {
            return "";
        }
        try {
            var path = new String(Base64.getDecoder().decode(given), StandardCharsets.UTF_8);
            return ("/" + path).replaceAll("/+", "/").replaceAll("/$", "");
        } catch (IllegalArgumentException e) {
            throw new SimError("failed base64-decoding of path '%s'".formatted(given));
        }
    }

    private static Json list(Request request) {
        var archive = archive(request);
        var at = path(request);
        var files = files(archive);
        var names = new TreeSet<String>();
        files.keySet().stream()
                .filter(file -> file.startsWith(at + "/"))
                .forEach(file -> names.add(file.substring(at.length() + 1).split("/", 2)[0]));
        if (names.isEmpty()) {
            throw new SimError("Unable to open directory at '%s'".formatted(at));
        }
        var rows = new ArrayList<Json>();
        for (var name : names) {
            var path = at + "/" + name;
            var row = new LinkedHashMap<String, Object>();
            row.put("filepath", Base64.getEncoder().encodeToString(path.getBytes(StandardCharsets.UTF_8)));
            row.put("text", name);
            var file = files.get(path);
            row.put("leaf", file == null ? 0 : 1);
            row.put("type", file != null ? "f" : at.isEmpty() || path.matches(".*/part(/1)?") ? "v" : "d");
            if (file != null) {
                row.put("size", file.length);
                row.put("mtime", archive.created.getEpochSecond());
            }
            rows.add(Json.of(row));
        }
        return new Json.Arr(rows);
    }

    /// A file as it is, a directory as a ZIP archive.
    private static Json download(Request request) {
        var at = path(request);
        var files = files(archive(request));
        var file = files.get(at);
        if (file == null && files.keySet().stream().noneMatch(name -> name.startsWith(at + "/"))) {
            throw new SimError("no such file or directory: '%s'".formatted(at));
        }
        var body = file == null ? zip(files, at) : file;
        return request.answerRaw(new Request.Raw("application/octet-stream", Map.of(), body));
    }

    private static byte[] zip(NavigableMap<String, byte[]> files, String at) {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (var file : files.entrySet()) {
                if (file.getKey().startsWith(at + "/")) {
                    zip.putNextEntry(new ZipEntry(file.getKey().substring(at.length() + 1)));
                    zip.write(file.getValue());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}

package pvemcp.sim.api;

import java.util.Locale;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Storage;

/// Files that come onto a storage from elsewhere (PVE::API2::Storage::Status).
final class TransferApi {
    private TransferApi() {}

    /// The name as it is kept (PVE::Storage::normalize_content_filename), checked for its ending.
    static String fileName(String content, String given) {
        var last = given.substring(given.lastIndexOf('/') + 1);
        var name = last.replaceAll("[^a-zA-Z0-9_.-]", "_");
        var lower = name.toLowerCase(Locale.ROOT);
        boolean known = switch (content) {
            case "iso" -> lower.endsWith(".iso") || lower.endsWith(".img");
            case "vztmpl" -> lower.matches(".*\\.tar(\\.(gz|xz|zst|bz2))?");
            default -> lower.matches(".*\\.(ova|qcow2|raw|vmdk)");
        };
        if (!known) {
            throw SimError.invalid("filename", "wrong file extension");
        }
        return name;
    }

    static Storage target(Request request, String content) {
        var storage = NodeStorageApi.storage(request);
        if (!storage.type().files()) {
            throw new SimError(
                    "can't upload to storage type '%s'".formatted(storage.type().id()));
        }
        if (!storage.holds(content)) {
            throw new SimError("storage '%s' does not support '%s' content".formatted(storage.id(), content));
        }
        return storage;
    }

    /// A file that came with the request (PVE::API2::Storage::Status, upload). What has its name is overwritten.
    static Json upload(Request request) {
        var content = request.text("content");
        var storage = target(request, content);
        var name = fileName(content, request.text("filename"));
        var file = request.posted().orElseThrow(() -> new SimError("missing temporary file name"));
        var node = request.node().name();
        var volume = content + "/" + name;
        var path = storage.path(volume);
        var from = "/var/tmp/pveupload-"
                + Guest.sha1(name + request.cluster().now()).substring(0, 32);
        var expected = request.text("checksum", "").toLowerCase(Locale.ROOT);
        var steps = Timed.begin().say(100, "starting file import from: " + from);
        if (!expected.isEmpty()) {
            steps = steps.then(100, work -> {
                if (!file.digest().equals(expected)) {
                    work.say("calculating checksum...");
                    throw new SimError("checksum mismatch: got '%s' != expect '%s'".formatted(file.digest(), expected));
                }
                work.say("calculating checksum...OK, checksum verified");
            });
        }
        return request.start(
                "imgcopy",
                "",
                steps.say(
                                100,
                                "target node: " + node,
                                "target file: " + path,
                                "file size is: " + file.size(),
                                "command: cp -- %s %s".formatted(from, path))
                        .then(500, work -> {
                            storage.add(
                                    node,
                                    volume,
                                    file.size(),
                                    file.size(),
                                    request.cluster().now());
                            work.say("finished file import successfully");
                        })
                        .steps());
    }

    /// The simulator reaches nothing but the names that are reserved for examples: from `example.org` and its kin a
    /// file of made-up size comes, everything else refuses the connection.
    static Json download(Request request) {
        var content = request.text("content");
        var url = request.text("url");
        var name = fileName(content, request.text("filename"));
        var storage = target(request, content);
        var volume = content + "/" + name;
        var path = storage.path(volume);
        var host = url.replaceFirst("^https?://", "").replaceFirst("/.*", "");
        boolean reachable = Set.of("example.com", "example.net", "example.org").stream()
                .anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain));
        long size = (300L + Math.floorMod(url.hashCode(), 1500)) << 20;
        var steps = Timed.begin().say(200, "downloading %s to %s".formatted(url, path));
        if (!reachable) {
            return request.start(
                    "download",
                    name,
                    steps.then(200, _ -> {
                                var address =
                                        host.contains(":") ? host : host + ":" + (url.startsWith("https") ? 443 : 80);
                                throw new SimError("download failed: Connecting to %s... failed: Connection refused."
                                        .formatted(address));
                            })
                            .steps());
        }
        return request.start(
                "download",
                name,
                steps.say(4000, "25%  80.0M 3s", "50%  90.0M 2s", "75%  85.0M 1s", "100%  88.0M=4s")
                        .then(200, work -> {
                            storage.add(
                                    request.node().name(),
                                    volume,
                                    size,
                                    size,
                                    request.cluster().now());
                            work.say("download of '%s' to '%s' finished".formatted(url, path));
                        })
                        .steps());
    }

    /// One of the templates that [UpkeepApi] lists (PVE::API2::Nodes, apl_download).
    static Json template(Request request) {
        var name = request.text("template");
        if (!UpkeepApi.isTemplate(name)) {
            throw SimError.invalid("template", "no such template");
        }
        var storage = request.cluster()
                .storage(request.text("storage"))
                .requireEnabled(request.node().name());
        if (!storage.holds("vztmpl")) {
            throw SimError.invalid("storage", "storage '%s' does not support templates".formatted(storage.id()));
        }
        var volume = "vztmpl/" + name;
        long size = 120L << 20;
        return request.start(
                "download",
                name,
                Timed.begin()
                        .say(200, "downloading %s to %s".formatted(name, storage.path(volume)))
                        .then(3000, work -> {
                            var now = request.cluster().now();
                            storage.add(request.node().name(), volume, size, size, now);
                            work.say("download finished");
                        })
                        .steps());
    }
}

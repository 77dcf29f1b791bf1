package pvemcp.untrusted;

import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Received;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;

/// A cluster whose every free text says what `payload` says: the answers of the simulator with their names, notes,
/// tags, comments, logs and outputs exchanged.
public record Hostile(Transport wire, Payload payload) implements Transport {
    /// What is said at the moment; and whether each write fails with it.
    public static final class Payload {
        public String text = "plain";
        public boolean failing;
    }

    // What people and programs write in freely. Ids and enumerations are PVE's own and checked by it.
    private static final Set<String> FREE = Set.of(
            "name",
            "hostname",
            "description",
            "tags",
            "comment",
            "comments",
            "notes",
            "notes-template",
            "model",
            "serial",
            "vendor",
            "device_name",
            "vendor_name",
            "product",
            "manufacturer",
            "pretty-name",
            "version",
            "kernel-release",
            "kernel-version",
            "machine",
            "host-name",
            "variant",
            "mountpoint",
            "user",
            "domain",
            "out-data",
            "err-data",
            "t",
            "x",
            "detail",
            "summary",
            "message",
            "subject",
            "issuer",
            "filename",
            "mimetype",
            "Title",
            "Description",
            "Maintainer",
            "firstname",
            "lastname",
            "email",
            "exitstatus",
            "desc",
            "unit-state",
            "fail-reason",
            "error");

    private static final Pattern KEPT = Pattern.compile("/(?:version|access/permissions|cluster/sdn).*"
            + "|/nodes/[^/]+/(?:network|services|time|apt/versions|capabilities).*");

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        if (payload.failing && verb != Verb.GET) {
            throw new PveException(new PveFault.Unexpected(500, payload.text));
        }
        var answer = wire.send(verb, path, params);
        if (verb != Verb.GET || KEPT.matcher(path).matches()) {
            return answer;
        }
        var data = answer.get("data").orElse(Json.Null.NULL);
        boolean isText =
                data instanceof Json.Str && path.matches(".*/(?:cloudinit/dump|changelog|report|extractconfig).*");
        return answer.with("data", isText ? Json.str(payload.text) : exchanged(data, path));
    }

    private Json exchanged(Json value, String path) {
        return switch (value) {
            case Json.Arr(var items) ->
                new Json.Arr(items.stream()
                        .map(item -> item instanceof Json.Str && path.endsWith("/journal")
                                ? Json.str(payload.text)
                                : exchanged(item, path))
                        .toList());
            case Json.Obj(var members) -> {
                var changed = new LinkedHashMap<String, Json>();
                // Nodes, storages and tasks have their ids in such members.
                boolean isId =
                        path.matches(".*/(?:access/users|cluster/status|cluster/ha/status.*)|/nodes(?:/[^/]+/tasks)?")
                                || members.containsKey("vzdump");
                members.forEach((name, member) -> changed.put(
                        name,
                        isFree(name, path) && member instanceof Json.Str && !(isId && name.matches("name|user"))
                                ? Json.str(payload.text)
                                : exchanged(member, path)));
                yield new Json.Obj(changed);
            }
            default -> value;
        };
    }

    private static boolean isFree(String name, String path) {
        // A file's content; that of a storage is a list of words.
        return name.equals("content") ? path.contains("/agent/") : FREE.contains(name);
    }

    @Override
    public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
        return wire.download(path, params, to, received);
    }
}

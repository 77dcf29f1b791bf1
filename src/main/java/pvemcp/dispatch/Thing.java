package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Resource;
import pvemcp.pve.Upid;
import pvemcp.tool.Aim;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;

/// Something that a call names and that tells which cluster it is about.
///
/// @param kind a guest, node, storage, pool or task
/// @param text as the caller names it
record Thing(Kind kind, String text) {
    private static final Pattern IN_PATH =
            Pattern.compile("/(nodes|storage|pools)/([^/]+)(?:/(?:qemu|lxc)/([0-9]+))?(?:/.*)?");

    /// Lists of a read that say by their name what stands in them.
    private static final Map<String, Kind> LISTS = Map.of("nodes", Kind.NODE, "storages", Kind.STORAGE);

    /// All that the call names.
    static List<Thing> in(Tool<?> tool, Object call, Json.Obj arguments) {
        var things = new ArrayList<Thing>();
        for (var param : tool.inputs().params()) {
            var given = arguments.text(param.name()).filter(text -> !text.isBlank());
            if (given.isPresent()) {
                switch (param.kind()) {
                    case GUEST, NODE, STORAGE, POOL, TASK -> things.add(new Thing(param.kind(), given.get()));
                    case PATH -> inPath(given.get()).ifPresent(things::add);
                    default -> {} // tells nothing of where
                }
            }
        }
        if (tool.tier() == Tier.READ) {
            LISTS.forEach((list, kind) -> listed(arguments, list).forEach(name -> things.add(new Thing(kind, name))));
        }
        if (call instanceof Aim.OnSeveral several) {
            several.guests().forEach(guest -> things.add(new Thing(Kind.GUEST, guest.text())));
        }
        return things.stream().distinct().toList();
    }

    /// The names in a list, however it is written; without the node that may stand in front.
    private static List<String> listed(Json.Obj arguments, String list) {
        var items = arguments.array(list).map(Json.Arr::items).orElse(List.of()).stream();
        return Stream.concat(
                        items.flatMap(item -> item.scalarText().stream()),
                        arguments.text(list).stream().flatMap(Pattern.compile(",")::splitAsStream))
                .map(name -> name.substring(name.indexOf('/') + 1).strip())
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Optional<Thing> inPath(String path) {
        var match = IN_PATH.matcher(ApiPath.plain(path));
        if (!match.matches()) {
            return Optional.empty();
        }
        var name = match.group(2);
        return Optional.of(
                switch (match.group(1)) {
                    case "nodes" ->
                        match.group(3) == null
                                ? new Thing(Kind.NODE, name)
                                : new Thing(Kind.GUEST, name + "/" + match.group(3));
                    case "storage" -> new Thing(Kind.STORAGE, name);
                    default -> new Thing(Kind.POOL, name);
                });
    }

    /// The name alone, without the node in front of a guest; empty for a task, whose id nobody chose.
    String name() {
        return kind == Kind.TASK ? "" : text.substring(text.indexOf('/') + 1);
    }

    /// Where among these it is, such as `pve1/101`; empty where it is not among them. A task is where its node is.
    Optional<String> among(List<Resource> resources) {
        for (var resource : resources) {
            var place = switch (resource) {
                case Resource.GuestRow guest -> is(guest) ? guest.id() : "";
                case Resource.NodeRow node -> is(node) ? node.name() : "";
                case Resource.StorageRow storage ->
                    kind == Kind.STORAGE && storage.name().equals(text) ? storage.name() : "";
                case Resource.PoolRow pool -> kind == Kind.POOL && pool.name().equals(text) ? pool.name() : "";
                case Resource.OtherRow _ -> "";
            };
            if (!place.isEmpty()) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    private boolean is(Resource.GuestRow guest) {
        int slash = text.indexOf('/');
        return kind == Kind.GUEST
                && (slash < 0 || guest.node().equals(text.substring(0, slash)))
                && (guest.name().equals(name())
                        || Integer.toString(guest.vmid()).equals(name()));
    }

    private boolean is(Resource.NodeRow node) {
        return switch (kind) {
            case NODE -> node.name().equals(text);
            case TASK ->
                Upid.tryParse(text).map(task -> task.node().equals(node.name())).orElse(false);
            default -> false;
        };
    }

    /// To be read: `guest web`.
    @Override
    public String toString() {
        return kind.candidates() + " " + text;
    }
}

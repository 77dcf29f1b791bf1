package pvemcp.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/// The templates of a schema as a tree of segments, to find what a concrete path means.
final class PathTree {
    // PVE joins what follows these into one segment (fragmentDelimiter '' in PVE::API2::Storage::Status and
    // PVE::API2::Firewall::IPSet), so that a volume or a network may contain slashes.
    private static final List<String> SPANNING = List.of("volume", "cidr");

    private final Map<String, PathTree> literals = new HashMap<>();
    private final EnumMap<Verb, Operation> operations = new EnumMap<>(Verb.class);
    private String variable = "";
    private PathTree below;

    static PathTree of(List<Operation> operations) {
        var root = new PathTree();
        operations.forEach(root::add);
        return root;
    }

    private void add(Operation operation) {
        var place = this;
        for (var segment : segments(operation.path())) {
            place = segment.startsWith("{")
                    ? place.through(segment.substring(1, segment.length() - 1))
                    : place.literals.computeIfAbsent(segment, _ -> new PathTree());
        }
        place.operations.put(operation.verb(), operation);
    }

    private PathTree through(String name) {
        if (below == null) {
            variable = name;
            below = new PathTree();
        }
        return below;
    }

    /// A place in the tree and what the path said for the variables on the way there.
    record Place(Map<Verb, Operation> operations, SequencedMap<String, String> variables) {}

    Optional<Place> find(String path) {
        // PVE decodes the whole path before it looks for slashes (PVE::APIServer::AnyEvent, PVE::RESTHandler).
        var segments = segments(decode(path));
        var variables = new LinkedHashMap<String, String>();
        var place = this;
        for (int i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            var literal = place.literals.get(segment);
            if (literal != null) {
                place = literal;
                continue;
            }
            if (place.below == null) {
                return Optional.empty();
            }
            if (SPANNING.contains(place.variable) && place.below.isLeaf()) {
                segment = String.join("/", segments.subList(i, segments.size()));
                i = segments.size();
            }
            if (segment.isEmpty() || segment.chars().anyMatch(PathTree::isPerlSpace)) {
                return Optional.empty();
            }
            variables.put(place.variable, segment);
            place = place.below;
        }
        return place.operations.isEmpty() ? Optional.empty() : Optional.of(new Place(place.operations, variables));
    }

    /// What may come next after the longest beginning of the path that there is; variables in braces.
    Below deepest(String path) {
        var known = new StringBuilder();
        var place = this;
        for (var segment : segments(decode(path))) {
            var literal = place.literals.get(segment);
            if (literal == null && place.below == null) {
                break;
            }
            place = literal == null ? place.below : literal;
            known.append('/').append(segment);
        }
        var next = new TreeSet<>(place.literals.keySet());
        if (place.below != null) {
            next.add("{" + place.variable + "}");
        }
        return new Below(known.isEmpty() ? "/" : known.toString(), List.copyOf(next));
    }

    /// @param path the beginning
    /// @param next the segments below it
    record Below(String path, List<String> next) {}

    private boolean isLeaf() {
        return below == null && literals.isEmpty();
    }

    private static boolean isPerlSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    static List<String> segments(String path) {
        var segments = new ArrayList<String>();
        for (int start = 0; start <= path.length(); ) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (end > start) {
                segments.add(path.substring(start, end));
            }
            start = end + 1;
        }
        return segments;
    }

    /// `%41` is `A`; the bytes are UTF-8; what is no escape stays as it is.
    static String decode(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            boolean escape = bytes[i] == '%'
                    && i + 2 < bytes.length
                    && Character.digit(bytes[i + 1], 16) >= 0
                    && Character.digit(bytes[i + 2], 16) >= 0;
            if (escape) {
                bytes[length++] = (byte) (Character.digit(bytes[i + 1], 16) << 4 | Character.digit(bytes[i + 2], 16));
                i += 2;
            } else {
                bytes[length++] = bytes[i];
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}

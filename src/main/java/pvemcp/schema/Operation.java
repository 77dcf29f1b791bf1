package pvemcp.schema;

import java.util.List;
import pvemcp.json.Json;

/// One operation of the PVE API.
///
/// @param path the template, such as `/nodes/{node}/qemu/{vmid}/config`
/// @param name PVE's own method name, such as `vm_config`
/// @param summary one short sentence in our words, or the cluster's own where its schema is the live one; may be
///     empty
/// @param facts the whole declaration as in the facts file: `params` or `allOf`, `returns`, `permissions`,
///     `protected`,
/// `proxyto`, `allowtoken`
public record Operation(Verb verb, String path, String name, String summary, Json.Obj facts) {
    /// The names in braces, in order.
    public List<String> variables() {
        return java.util.regex.Pattern.compile("\\{([^}]+)}")
                .matcher(path)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /// `GET /nodes/{node}/qemu`.
    @Override
    public String toString() {
        return verb + " " + path;
    }
}

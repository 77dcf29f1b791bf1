package pvemcp.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import pvemcp.json.Json;

/// One operation of the PVE API: a verb and a path template with what its declaration says about it.
///
/// Immutable and safe to share. The declaration is read on first use, so a list of all operations costs little.
public final class Operation {
    private final Verb verb;
    private final String path;
    private final String name;
    private final String summary;
    private final Supplier<Json.Obj> declaration;
    private volatile Json.Obj facts = Json.Obj.EMPTY;
    private volatile boolean read;

    Operation(Verb verb, String path, String name, String summary, Supplier<Json.Obj> declaration) {
        this.verb = verb;
        this.path = path;
        this.name = name;
        this.summary = summary;
        this.declaration = declaration;
    }

    public Verb verb() {
        return verb;
    }

    /// The template, such as `/nodes/{node}/qemu/{vmid}/config`.
    public String path() {
        return path;
    }

    /// PVE's own method name, such as `vm_config`.
    public String name() {
        return name;
    }

    /// One short sentence in our words, or the cluster's own where only its live schema knows the operation; may
    /// be empty.
    public String summary() {
        return summary;
    }

    /// The whole declaration: `params` (by name) or `allOf`, `additionalProperties` (1 where unknown parameters
    /// pass), `returns`, `permissions`, `protected`, `proxyto`, `allowtoken`, and `task`, the types of the tasks
    /// it starts.
    public Json.Obj facts() {
        // Two threads may both read it; they find the same.
        if (!read) {
            facts = declaration.get();
            read = true;
        }
        return facts;
    }

    /// The declared parameters by name, path variables among them; a name such as `net[n]` stands for `net0`,
    /// `net1` and so on. Empty for the few operations whose parameters depend on a type (`allOf` in [#facts]).
    public Json.Obj parameters() {
        return facts().object("params").orElse(Json.Obj.EMPTY);
    }

    /// The privileges for want of which this is closed to a caller on every path there is; empty where it may be open
    /// somewhere. More than one may be meant as a choice.
    ///
    /// @param held what the caller has on some path or other
    public Set<String> lacking(Set<String> held) {
        return Permission.lacking(this, held);
    }

    /// The names in braces, in order.
    public List<String> variables() {
        var names = new ArrayList<String>();
        for (int open = path.indexOf('{'); open >= 0; open = path.indexOf('{', open + 1)) {
            names.add(path.substring(open + 1, path.indexOf('}', open)));
        }
        return List.copyOf(names);
    }

    /// `GET /nodes/{node}/qemu`.
    @Override
    public String toString() {
        return verb + " " + path;
    }
}

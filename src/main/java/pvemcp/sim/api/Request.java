package pvemcp.sim.api;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.schema.Operation;
import pvemcp.sim.SimError;
import pvemcp.sim.task.SimTasks;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Node;

/// One call of an operation, as its handler sees it: arguments by name, path variables among them as in PVE, who
/// asks, and the world.
public final class Request {
    /// A body that is not JSON, such as a task's log as a file.
    public record Raw(String contentType, Map<String, String> headers, byte[] body) {}

    private final Operation operation;
    private final Json.Obj arguments;
    private final Access.Rights rights;
    private final Cluster cluster;
    private final SimTasks tasks;
    private final String localNode;
    private final Map<String, Json> envelope = new LinkedHashMap<>();
    private Raw raw;
    private Talk talk;
    private Posted posted;

    /// @param arguments path variables and parameters, of the types the schema gives them
    /// @param rights of who asks; empty where nobody is logged in
    /// @param localNode the node the client is connected to
    public Request(
            Operation operation,
            Json.Obj arguments,
            Access.Rights rights,
            Cluster cluster,
            SimTasks tasks,
            String localNode) {
        this.operation = operation;
        this.arguments = arguments;
        this.rights = rights;
        this.cluster = cluster;
        this.tasks = tasks;
        this.localNode = localNode;
    }

    /// What follows where the client wants a WebSocket.
    public void become(Talk talk) {
        this.talk = talk;
    }

    public Optional<Talk> talk() {
        return Optional.ofNullable(talk);
    }

    public Operation operation() {
        return operation;
    }

    public Cluster cluster() {
        return cluster;
    }

    public SimTasks tasks() {
        return tasks;
    }

    /// `user@realm`, with `!token` where a token asks; empty where nobody is logged in.
    public String authId() {
        return rights.authId();
    }

    public Access.Rights rights() {
        return rights;
    }

    /// The name of the node the client is connected to.
    public String localNode() {
        return localNode;
    }

    /// The same call with one argument more, or another value of it: what a caller has PVE do in turn.
    Request with(String name, Object value) {
        return new Request(operation, arguments.with(name, Json.of(value)), rights, cluster, tasks, localNode);
    }

    /// All arguments, path variables first.
    public Json.Obj arguments() {
        return arguments;
    }

    public boolean has(String name) {
        return arguments.has(name);
    }

    /// An argument that must be there: a path variable, or one the schema does not call optional.
    public String text(String name) {
        return arguments
                .text(name)
                .orElseThrow(() -> new IllegalArgumentException(operation + " has no argument " + name));
    }

    public String text(String name, String fallback) {
        return arguments.text(name).orElse(fallback);
    }

    public Optional<String> find(String name) {
        return arguments.text(name);
    }

    public long whole(String name, long fallback) {
        return arguments.whole(name).orElse(fallback);
    }

    public boolean flag(String name) {
        return arguments.flag(name).orElse(false);
    }

    /// A list, given as an array or as text with commas, semicolons or blanks (PVE::Tools::split_list).
    public List<String> list(String name) {
        if (arguments.array(name).isPresent()) {
            return arguments.array(name).get().items().stream()
                    .flatMap(item -> item.scalarText().stream())
                    .toList();
        }
        return split(text(name, ""));
    }

    public static List<String> split(String list) {
        return Arrays.stream(list.split("[,;\\s\\x00]+"))
                .filter(item -> !item.isEmpty())
                .toList();
    }

    public int vmid() {
        return (int) arguments.whole("vmid").orElseThrow().longValue();
    }

    /// The node of the path; `localhost` is the connected one.
    public Node node() {
        var name = text("node");
        return cluster.node(name.equals("localhost") ? localNode : name);
    }

    /// Whether the caller has all of these privileges there; for lists that leave out what he may not see.
    public boolean may(String path, String... privileges) {
        return rights.has(path, privileges);
    }

    public boolean mayAny(String path, String... privileges) {
        return rights.hasAny(path, List.of(privileges));
    }

    /// A 403 unless the caller has all of these privileges there.
    public void require(String path, String... privileges) {
        if (!may(path, privileges)) {
            throw SimError.forbidden(path, String.join("|", privileges));
        }
    }

    /// A 403 unless the caller has one of these privileges there.
    public void requireAny(String path, String... privileges) {
        if (!mayAny(path, privileges)) {
            throw SimError.forbidden(path, String.join("|", privileges));
        }
    }

    /// The arguments but these, as text by name, in their order.
    public SequencedMap<String, String> others(Collection<String> except) {
        var others = new LinkedHashMap<String, String>();
        arguments.members().forEach((name, value) -> {
            if (!except.contains(name)) {
                others.put(name, value.scalarText().orElse(""));
            }
        });
        return others;
    }

    /// Starts a task about a guest; otherwise as [#start(String, String, List)].
    public Json start(String type, int vmid, List<Step> steps) {
        return start(type, Integer.toString(vmid), steps);
    }

    /// Starts a task on the path's node in the caller's name.
    ///
    /// @return its UPID, which is the `data` of the answer
    public Json start(String type, String id, List<Step> steps) {
        return Json.str(tasks.start(node().name(), type, id, authId(), steps));
    }

    /// Puts a member beside `data`, such as `total` or `changes`.
    public void beside(String name, Json value) {
        envelope.put(name, value);
    }

    public Map<String, Json> besides() {
        return envelope;
    }

    /// Answers with this instead of JSON.
    public Json answerRaw(Raw body) {
        raw = body;
        return Json.Null.NULL;
    }

    /// Takes along the file that came with the request.
    public void carry(Posted file) {
        posted = file;
    }

    /// The file that came with the request.
    public Optional<Posted> posted() {
        return Optional.ofNullable(posted);
    }

    public Optional<Raw> raw() {
        return Optional.ofNullable(raw);
    }
}

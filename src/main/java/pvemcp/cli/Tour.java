package pvemcp.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Dispatcher;
import pvemcp.json.Json;
import pvemcp.tool.ToolResult;

/// The guided tour: calls as an agent makes them, each with the answer it gets, then a prompt to go on from.
final class Tour {
    /// What is said before a call, and the call as one types it; `$task` is the task the answer before it named.
    private record Stop(String words, String call) {}

    private static final List<Stop> STOPS = List.of(
            new Stop("What is running? Counted, and in a table.", "guest_list status=running"),
            new Stop("One of them, looked at.", "guest_get web"),
            new Stop("What went wrong lately?", "task_list failed=true limit=1"),
            new Stop("And why? The task's own log has it.", "task_get $task"),
            new Stop("Changing something is held: it says what would happen, and waits for a yes.", """
                    guest_power k3s-dev shutdown"""),
            new Stop("The answer came once PVE's task had ended; this is that task.", "task_get $task"),
            new Stop("Whatever has no tool is found in the API itself.", "api_search query=\"snapshot rollback\""));

    private final Dispatcher dispatcher;
    private final Console console;
    private final Surroundings surroundings;
    private final Calls calls;
    private String task = "";

    Tour(Dispatcher dispatcher, Console console, Surroundings surroundings) {
        this.dispatcher = dispatcher;
        this.console = console;
        this.surroundings = surroundings;
        this.calls = new Calls(dispatcher, console);
    }

    void play() {
        var out = console.out();
        console.say(
                "A Proxmox VE cluster, simulated in this process, and pve-mcp in front of it. These are calls an agent makes, with the answers it gets.");
        STOPS.forEach(this::stop);
        out.println();
        console.say(
                "Now you: 'guest list', 'guest stop db', 'why web' … Tab completes, 'help' says more, 'exit' leaves.");
    }

    private void stop(Stop stop) {
        console.out().println();
        console.out().println(console.dim("# " + stop.words));
        var call = stop.call.replace("$task", task);
        console.out().println(console.bold("> pve_" + call));
        make(ToolNames.find(Words.split(call), dispatcher));
    }

    private void make(Phrase phrase) {
        show(calls.call(phrase.tool(), CallArguments.parse(phrase), held -> {
            console.out().println("held, would do: " + held.preview().summary());
            held.preview().requests().forEach(request -> console.out().println("  " + request));
            console.out().println(console.dim("# said yes, for the tour"));
            return Optional.of(held.typed());
        }));
    }

    private void show(ToolResult result) {
        if (result instanceof ToolResult.Done done) {
            task = first(done.data(), "task").orElse(task);
        }
        // Both streams are one screen here, so what goes wrong stands where the answer would.
        new Calls(dispatcher, console.onOneScreen()).show(result, Form.READ);
    }

    /// The first text member of that name, however deep.
    private static Optional<String> first(Json json, String name) {
        return switch (json) {
            case Json.Obj object ->
                object.text(name)
                        .or(() -> object.members().values().stream()
                                .flatMap(member -> first(member, name).stream())
                                .findFirst());
            case Json.Arr array ->
                array.items().stream()
                        .flatMap(item -> first(item, name).stream())
                        .findFirst();
            case Json.Null _, Json.Bool _, Json.Num _, Json.Str _ -> Optional.empty();
        };
    }

    /// How a client gets these tools.
    ///
    /// @param options of the demo
    void plugIn(List<String> options) {
        var launcher = Optional.of(surroundings.variable("PVE_MCP_LAUNCHER"))
                .filter(path -> !path.isEmpty())
                .orElse("pve-mcp");
        var out = console.out();
        out.println();
        console.say(
                "To give these tools to a client, add this to its configuration ('demo' for this cluster, 'serve' for your own, see README):");
        out.println();
        var args = new ArrayList<>(List.of("demo"));
        args.addAll(options);
        out.println(Json.obj("mcpServers", Json.obj("pve", Json.obj("command", launcher, "args", args)))
                .pretty());
    }
}

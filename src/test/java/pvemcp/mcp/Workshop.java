package pvemcp.mcp;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Judgement;
import pvemcp.dispatch.Unreadable;
import pvemcp.json.Json;
import pvemcp.pve.Pve;
import pvemcp.remote.Shells;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Inputs;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Preview;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Ticket;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolContext;
import pvemcp.tool.ToolResult;
import pvemcp.tool.Vault;
import pvemcp.view.View;

/// A small server to talk to: a tool for each way a call can go, and no cluster behind it.
final class Workshop implements Dispatcher {
    static final String TICKET = "ticket-1";

    private final SequencedMap<String, Tool<?>> tools = new LinkedHashMap<>();
    private final List<Resource> resources = new ArrayList<>();
    private final List<Prompt> prompts = new ArrayList<>();

    /// Released once for each call of `slow` that has begun.
    final Semaphore begun = new Semaphore(0);

    /// Ends every call of `slow`.
    final CountDownLatch enough = new CountDownLatch(1);

    /// How many calls of `slow` were interrupted.
    final AtomicInteger interrupted = new AtomicInteger();

    /// Released once for each call of `slow` that was interrupted.
    final Semaphore stopped = new Semaphore(0);

    Workshop() {
        add(Tool.read("echo", "Says it again.", Echo.class));
        add(Tool.read("slow", "Takes its time.", Slow.class));
        add(Tool.read("steps", "Tells how far it is.", Steps.class));
        add(Tool.read("picture", "Shows a picture.", Picture.class));
        add(Tool.read("measure", "Answers in numbers.", Measure.class));
        add(Tool.read("failing", "Fails.", Failing.class));
        add(Tool.read("broken", "Has a defect.", Broken.class));
        add(Tool.destroy("denied", "Is against the rules.", Denied.class));
        add(Tool.operate("stop", "Wants a yes.", Stop.class));
        resources.add(new Resource(
                "pve://cluster", "cluster", "Cluster", "The cluster.", "text/markdown", (_, _) -> "two nodes"));
        resources.add(new Resource(
                "pve://guest/{guest}", "guest", "Guest", "One guest.", "text/markdown", (_, it) -> "guest " + it));
        var guest = Prompt.Argument.needed("guest", "Which guest", "guest");
        var words = Prompt.Argument.or("few", "words", "In which words", "");
        prompts.add(new Prompt(
                "explain",
                "Explain a guest",
                "Explains a guest.",
                List.of(guest, words),
                List.of(),
                "Explain {guest} in {words} words"));
    }

    record Echo(@Doc("What to say") String text) implements Call<String> {
        @Override
        public String run(ToolContext ctx) {
            return text;
        }
    }

    record Slow() implements Nothing {}

    record Steps() implements Nothing {}

    record Picture() implements Nothing {}

    record Measure() implements Nothing {}

    record Failing() implements Nothing {}

    record Broken() implements Nothing {}

    record Denied() implements Nothing {}

    record Stop() implements Nothing {}

    interface Nothing extends Call<String> {
        @Override
        default String run(ToolContext ctx) {
            return "";
        }
    }

    private void add(Tool<?> tool) {
        tools.put(tool.name(), tool);
    }

    @Override
    public List<Tool<?>> tools() {
        return List.copyOf(tools.values());
    }

    @Override
    public Optional<Tool<?>> tool(String name) {
        return Optional.ofNullable(tools.get(name));
    }

    @Override
    public Json.Obj describe(Tool<?> tool) {
        var text = Json.obj("text", Json.obj("type", "string"));
        var properties = tool.name().equals("echo") ? text : Json.Obj.EMPTY;
        var definition = Json.obj(
                "name", tool.name(),
                "title", tool.name().toUpperCase(Locale.ROOT),
                "description", tool.doc(),
                "inputSchema",
                        tool.tier() == Tier.READ
                                ? Json.obj("type", "object", "properties", properties)
                                : Inputs.schema(tool.params()),
                "annotations", Json.obj("readOnlyHint", tool.tier() == Tier.READ));
        if (!tool.name().equals("measure")) {
            return definition;
        }
        var number = Json.obj("degrees", Json.obj("type", "integer"));
        return definition.with("outputSchema", Json.obj("type", "object", "properties", number));
    }

    @Override
    public Judgement judge(Tool<?> tool, Json.Obj arguments, Caller caller) {
        throw new UnsupportedOperationException("no policy here");
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        return switch (tool.name()) {
            case "echo" -> {
                var call = tool.inputs().bind(arguments);
                yield done((String) call.run(new Alone()));
            }
            case "slow" -> slow();
            case "steps" -> steps(caller);
            case "picture" -> {
                var image = new View.Image("image/svg+xml", "<svg/>".getBytes(StandardCharsets.UTF_8), "a dot");
                yield new ToolResult.Done(View.Stack.of(new View.Text("Look:"), image), Json.Obj.EMPTY);
            }
            case "measure" -> new ToolResult.Done(new View.Text("21 degrees"), Json.obj("degrees", 21));
            case "failing" -> new ToolResult.Failed("locked", "VM is locked (backup)", "wait for that task");
            case "broken" -> throw new IllegalStateException("the secret word is swordfish");
            case "denied" -> new ToolResult.Refused("policy.destroy", "destroying is denied", "policy.destroy = ask");
            case "stop" -> stop(caller);
            default -> throw new AssertionError(tool.name());
        };
    }

    private static ToolResult done(String text) {
        return new ToolResult.Done(new View.Text(text), Json.str(text));
    }

    private ToolResult slow() {
        begun.release();
        try {
            enough.await();
            return done("at last");
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            stopped.release();
            throw new ToolContext.Cancelled("stopped waiting");
        }
    }

    private static ToolResult steps(Caller caller) {
        caller.progress(0, "starting");
        caller.progress(0.5, "half way");
        caller.progress(0.5, "still half way");
        caller.progress(1, "");
        return done("arrived");
    }

    private static ToolResult stop(Caller caller) {
        if (caller.approval().equals(Optional.of(TICKET))) {
            return done("stopped for " + caller.client());
        }
        if (caller.approval().isPresent()) {
            return new ToolResult.Failed("ticket", "this ticket was never given out", "call again without it");
        }
        var preview = new Preview(
                "stop VM 101 'web' on pve1",
                List.of("POST /nodes/pve1/qemu/101/status/stop"),
                List.of("cuts its power"));
        return new ToolResult.Held(
                preview,
                Tier.OPERATE,
                new Ticket(TICKET, Instant.MAX),
                "",
                new ToolResult.Again(
                        "If they agree, call %s again with the same arguments and confirm=%s".formatted("stop", TICKET),
                        Json.obj("confirm", TICKET),
                        false));
    }

    @Override
    public List<Resource> resources() {
        return List.copyOf(resources);
    }

    @Override
    public Optional<Content> read(String uri, Caller caller) {
        if (uri.equals("pve://guest/down")) {
            throw new Unreadable(new ToolResult.Failed("unreachable", "pve1 does not answer", "try again later"));
        }
        if (!uri.equals("pve://cluster") && !uri.equals("pve://guest/web")) {
            return Optional.empty();
        }
        return Optional.of(new Content(uri, "text/markdown", "all about " + uri));
    }

    @Override
    public List<Prompt> prompts() {
        return List.copyOf(prompts);
    }

    @Override
    public List<String> complete(String kind, String typed, Caller caller) {
        return List.of(typed + "-" + kind, typed + "-other");
    }

    @Override
    public String instructions() {
        return "Be careful.";
    }

    /// Nothing to reach.
    private static final class Alone implements ToolContext {
        @Override
        public Pve pve() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Shells shells() {
            throw new UnsupportedOperationException();
        }

        @Override
        public LocalFiles files() {
            return LocalFiles.NONE;
        }

        @Override
        public Vault vault() {
            return Vault.NONE;
        }

        @Override
        public String identity() {
            return "";
        }

        @Override
        public ApiSchema schema() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Clock clock() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void progress(double fraction, String message) {}

        @Override
        public void checkCancelled() {}
    }
}

package pvemcp.mcp;

import java.util.List;
import java.util.Optional;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Judgement;
import pvemcp.dispatch.Work;
import pvemcp.json.Json;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// A dispatcher whose calls are counted.
record Measured(Dispatcher inner, Metrics metrics) implements Dispatcher {
    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        long began = System.nanoTime();
        boolean ended = false;
        try {
            var result = inner.call(tool, arguments, caller);
            ended = true;
            metrics.called(caller.principal(), tool.name(), result, System.nanoTime() - began);
            return result;
        } finally {
            if (!ended) {
                metrics.broke(caller.principal(), tool.name(), System.nanoTime() - began);
            }
        }
    }

    @Override
    public Judgement judge(Tool<?> tool, Json.Obj arguments, Caller caller) {
        return inner.judge(tool, arguments, caller);
    }

    @Override
    public List<Tool<?>> tools() {
        return inner.tools();
    }

    @Override
    public void whenToolsChange(Runnable told) {
        inner.whenToolsChange(told);
    }

    @Override
    public Json.Obj describe(Tool<?> tool) {
        return inner.describe(tool);
    }

    @Override
    public String definition(Tool<?> tool) {
        return inner.definition(tool);
    }

    @Override
    public Optional<Tool<?>> tool(String name) {
        return inner.tool(name);
    }

    @Override
    public void expectCalls() {
        inner.expectCalls();
    }

    @Override
    public boolean followsWork() {
        return inner.followsWork();
    }

    @Override
    public Optional<Work> work(String name, Caller caller) {
        return inner.work(name, caller);
    }

    @Override
    public void stopWork(String name, Caller caller) {
        inner.stopWork(name, caller);
    }

    @Override
    public List<Resource> resources() {
        return inner.resources();
    }

    @Override
    public Optional<Content> read(String uri, Caller caller) {
        return inner.read(uri, caller);
    }

    @Override
    public List<Prompt> prompts() {
        return inner.prompts();
    }

    @Override
    public List<String> complete(String kind, String typed, Caller caller) {
        return inner.complete(kind, typed, caller);
    }

    @Override
    public List<String> complete(String kind, String typed, Optional<String> cluster, Caller caller) {
        return inner.complete(kind, typed, cluster, caller);
    }

    @Override
    public String instructions() {
        return inner.instructions();
    }
}

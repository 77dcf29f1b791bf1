package pvemcp.dispatch;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.tool.App;
import pvemcp.tool.Param;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// A dispatcher before another, which has everything done there. What is put before the road overrides what it looks
/// at, and leaves nothing out by forgetting it.
public abstract class Forwarding implements Dispatcher {
    protected final Dispatcher inner;

    protected Forwarding(Dispatcher inner) {
        this.inner = inner;
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
    public List<Withheld> withheld(String cluster) {
        return inner.withheld(cluster);
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
    public List<Param> params(Tool<?> tool) {
        return inner.params(tool);
    }

    @Override
    public Optional<Tool<?>> tool(String name) {
        return inner.tool(name);
    }

    @Override
    public Optional<String> whyNot(String name) {
        return inner.whyNot(name);
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        return inner.call(tool, arguments, caller);
    }

    @Override
    public Judgement judge(Tool<?> tool, Json.Obj arguments, Caller caller) {
        return inner.judge(tool, arguments, caller);
    }

    @Override
    public void declined(String ticket) {
        inner.declined(ticket);
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
    public boolean knowsWork(String name, Caller caller) {
        return inner.knowsWork(name, caller);
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
    public List<Closed> closeUnended(Caller caller) throws IOException {
        return inner.closeUnended(caller);
    }

    @Override
    public Optional<App> app() {
        return inner.app();
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

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

/// The one road from a call to its result: bind, aim, judge, ask, record, act, tell. Safe for use by several threads.
public interface Dispatcher {
    /// The tools this server lists: the configured toolsets, less what policy denies outright and, once that is
    /// known, what the credential surely cannot do ([Withheld]). Always in the same order.
    List<Tool<?>> tools();

    /// @param told is run, on any thread, whenever [#tools] has come to list others
    default void whenToolsChange(Runnable told) {}

    /// The tools that are of no use with the rights its credential has on this cluster, which is asked for them now.
    ///
    /// @throws pvemcp.pve.PveException where it cannot be asked
    default List<Withheld> withheld(String cluster) {
        return List.of();
    }

    /// The tool's definition as a client is told it: `name`, `description`, `inputSchema`, `annotations`, perhaps
    /// `title` and `outputSchema`.
    Json.Obj describe(Tool<?> tool);

    /// The same as JSON text, for who only passes it on.
    default String definition(Tool<?> tool) {
        return describe(tool).write();
    }

    /// A tool that is listed or withheld: a client with an older list may call it, and hears what it lacks.
    Optional<Tool<?>> tool(String name);

    /// Why there is no tool of this name here though there is one elsewhere; empty where there is none anywhere.
    default Optional<String> whyNot(String name) {
        return Optional.empty();
    }

    /// The inputs that a tool takes here: its own, those of its tier, and which cluster where there are several.
    default List<Param> params(Tool<?> tool) {
        return tool.params();
    }

    ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller);

    /// What policy says of a call, and why, without making it. It reads what has to be known for that.
    ///
    /// @throws pvemcp.tool.BadArguments where the call cannot be understood
    /// @throws Unreadable where the cluster cannot be asked, or has not what the call is about
    Judgement judge(Tool<?> tool, Json.Obj arguments, Caller caller);

    /// The person who was asked about a held call did not agree: its ticket is good for nothing from now on.
    default void declined(String ticket) {}

    /// A client is there and will call soon: what takes long to get ready may begin. Returns at once.
    default void expectCalls() {}

    /// Whether it tells more of work that goes on after its call.
    default boolean followsWork() {
        return false;
    }

    /// Whether [#work] would tell this caller of it; asks no cluster.
    default boolean knowsWork(String name, Caller caller) {
        return false;
    }

    /// Where work stands that went on; empty where this caller has none of that name.
    ///
    /// @param name see [ToolResult.Done#going]
    default Optional<Work> work(String name, Caller caller) {
        return Optional.empty();
    }

    /// Asks for work to be stopped, which policy may refuse; [#work] tells what became of it.
    default void stopWork(String name, Caller caller) {}

    /// Looks for calls whose process died on the way, finds out what became of them as far as the cluster tells, and
    /// writes that down. Those that are under way are left alone.
    ///
    /// @return what was written, oldest call first
    /// @throws IOException where the audit log cannot be read or written
    default List<Closed> closeUnended(Caller caller) throws IOException {
        return List.of();
    }

    /// An end that was found out later.
    ///
    /// @param line of the call's beginning in the audit log
    /// @param found `found done`, `found failed`, `found not done` or `unknown`
    record Closed(long line, String tool, String found, String evidence) {}

    /// The page that goes with the tools; empty where none does.
    default Optional<App> app() {
        return Optional.empty();
    }

    List<Resource> resources();

    /// The text of a resource; empty where no resource has this URI; an [Unreadable] where reading it fails.
    Optional<Content> read(String uri, Caller caller);

    record Content(String uri, String mimeType, String text) {}

    List<Prompt> prompts();

    /// What could be meant by `typed`, best first: at most 100 names of this kind (`guest`, `node`, `storage`,
    /// `task`, …); none where the cluster cannot be asked.
    List<String> complete(String kind, String typed, Caller caller);

    /// The same among the names of one cluster, where it is known which is meant.
    ///
    /// @param cluster as the caller has named it; empty: any
    default List<String> complete(String kind, String typed, Optional<String> cluster, Caller caller) {
        return complete(kind, typed, caller);
    }

    /// What a client's model should know before its first call; at most 2 KB.
    String instructions();
}

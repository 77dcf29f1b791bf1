package pvemcp.tools.common;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.query.Inventory;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.Layout;

/// Looks at one thing after another for an answer that is worth having though some could not be seen: a node that is
/// down, a path this token has no right on. What was not seen is told in [#unseen()]. Several threads may look.
public final class Probe {
    private static final int MOST_ROWS = 20_000;

    private final ToolContext ctx;
    private final Set<String> unseen = new ConcurrentSkipListSet<>();

    public Probe(ToolContext ctx) {
        this.ctx = ctx;
    }

    /// What could not be seen, each with the reason.
    public List<String> unseen() {
        return List.copyOf(unseen);
    }

    /// Tells of something that is not even looked at.
    ///
    /// @param what with the reason
    public void leave(String what) {
        unseen.add(what);
    }

    /// What the question finds; empty where it meets a fault, which is then told.
    ///
    /// @param what as it is named where it could not be seen
    public <T> Optional<T> look(String what, Supplier<T> question) {
        return look(what, question, () -> {});
    }

    /// @param away told where nobody answers, so that whatever else is there need not be waited for
    public <T> Optional<T> look(String what, Supplier<T> question, Runnable away) {
        ctx.checkCancelled();
        try {
            return Optional.of(question.get());
        } catch (PveException e) {
            unseen.add(what + ": " + reason(e.fault()));
            if (e.fault() instanceof PveFault.Unreachable) {
                away.run();
            }
            return Optional.empty();
        }
    }

    /// The objects of a list; none where they could not be seen.
    public List<Fields> list(String what, String path, Json.Obj params) {
        return look(what, () -> ctx.pve().rows(path, params)).orElse(List.of());
    }

    public List<Fields> list(String what, String path) {
        return list(what, path, Json.Obj.EMPTY);
    }

    /// Rows of the inventory, whose tables are read with several requests at once.
    public List<List<Optional<String>>> rows(String sql) {
        var answer = look("inventory", () -> Inventory.query(ctx.pve()::send, sql, MOST_ROWS, Duration.ofSeconds(20)));
        answer.ifPresent(found -> found.gaps().forEach(gap -> unseen.add(gap + ": could not be read")));
        return answer.map(Inventory.Answer::rows).orElse(List.of());
    }

    private static String reason(PveFault fault) {
        return switch (fault) {
            case PveFault.Forbidden forbidden ->
                forbidden.privilege().isEmpty()
                        ? "not visible with this token"
                        : "not visible with this token (needs %s on %s)"
                                .formatted(Clean.name(forbidden.privilege()), Clean.name(forbidden.path()));
            case PveFault.Unreachable _ -> "cannot be reached";
            case PveFault.Unauthorized refused ->
                "refuses the token (%s): pve-mcp doctor says more".formatted(Clean.line(refused.why()));
            case PveFault.Untrusted _ -> "its certificate is not trusted: pve-mcp doctor shows how to pin it";
            case PveFault.NotPve other -> "answers what it should not: " + Clean.line(other.why());
            case PveFault.Unexpected(var status, var message) ->
                "answers %d: %s".formatted(status, Clean.line(message));
            default -> Clean.line(fault.toString());
        };
    }

    /// `3d`, `7h`.
    public static String age(Duration age) {
        return age.toDays() > 0 ? age.toDays() + "d" : age.toHours() + "h";
    }

    /// A row of a table: each value as a list would show it.
    public static List<String> row(Object... cells) {
        var row = new ArrayList<String>();
        for (var cell : cells) {
            row.add(Layout.cell(cell));
        }
        return row;
    }
}

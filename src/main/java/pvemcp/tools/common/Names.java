package pvemcp.tools.common;

import java.util.List;
import java.util.function.Function;
import pvemcp.pve.Fields;
import pvemcp.pve.Pve;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.ToolContext;

/// The names there are, in all clusters that a list is about; none where they cannot be seen.
public final class Names {
    private Names() {}

    public static List<String> nodes(ToolContext ctx) {
        return of(ctx, pve -> pve.nodes().stream().map(NodeRow::name).toList());
    }

    public static List<String> pools(ToolContext ctx) {
        return of(
                ctx,
                pve -> pve.rows("/pools").stream()
                        .map((Fields row) -> row.text("poolid"))
                        .toList());
    }

    private static List<String> of(ToolContext ctx, Function<Pve, List<String>> names) {
        return new Probe(ctx)
                .look("names", () -> ctx.everywhere(each -> names.apply(each.pve())))
                .map(each ->
                        each.answers().values().stream().flatMap(List::stream).toList())
                .orElse(List.of());
    }
}

package pvemcp.tools.common;

import java.util.List;
import java.util.Optional;
import pvemcp.tool.Doc;
import pvemcp.tool.Inputs;
import pvemcp.tool.Kind;

/// The part of a list that its caller wants: every list takes these four.
public record Window(
        @Doc(value = "Columns to show instead of the usual ones", obvious = true)
        List<String> fields,

        @Doc(value = "Rows at most; default: some 1,500 tokens of them", min = 1, max = 500, obvious = true)
        Optional<Integer> limit,

        @Doc(value = "'next' of the page before", kind = Kind.CURSOR, obvious = true)
        Optional<String> cursor,

        @Doc(value = "full: all columns", or = "brief", obvious = true)
        Detail detail)
        implements Inputs.Group {
    public enum Detail {
        BRIEF,
        FULL
    }

    public Window {
        fields = List.copyOf(fields);
    }

    /// The usual columns, as many rows as there is room for: of lists whose tools take nothing but a cursor.
    public static Window at(Optional<String> cursor) {
        return new Window(List.of(), Optional.empty(), cursor, Detail.BRIEF);
    }
}

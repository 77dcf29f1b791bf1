package pvemcp.view;

import java.util.List;

/// An answer as something to read, before it is known who reads it: a model, a person at a terminal, a page.
public sealed interface View {
    /// Our own words, one or more lines.
    record Text(String text) implements View {}

    /// Names and values, in order.
    record Facts(List<Fact> facts) implements View {
        public Facts {
            facts = List.copyOf(facts);
        }
    }

    record Fact(String name, String value) {}

    /// Rows under named columns. Units stand in the column's name or in the cell.
    record Table(List<String> columns, List<List<String>> rows) implements View {
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /// Lines that were written by something else (a task, a guest, a service): untrusted, and shown as a quotation
    /// from `source`.
    record Log(String source, List<String> lines) implements View {
        public Log {
            lines = List.copyOf(lines);
        }
    }

    /// A picture, with the words that stand for it where pictures cannot be shown.
    record Image(String mimeType, byte[] bytes, String alt) implements View {}

    /// Several views below one another.
    record Stack(List<View> parts) implements View {
        public Stack {
            parts = List.copyOf(parts);
        }

        public static Stack of(View... parts) {
            return new Stack(List.of(parts));
        }
    }
}

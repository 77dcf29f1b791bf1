package pvemcp.audit;

import java.util.List;
import pvemcp.json.Json;

/// The ledger's lines in the forms that other programs take.
public enum Export {
    /// As they are: JSON lines, with their hashes, so that a copy can be verified.
    JSONL {
        @Override
        public String header() {
            return "";
        }

        @Override
        public String line(Entry entry) {
            return entry.text();
        }
    },
    /// RFC 4180, a line an entry, without its hashes.
    CSV {
        @Override
        public String header() {
            return String.join(",", COLUMNS);
        }

        @Override
        public String line(Entry entry) {
            var call = entry.call();
            return String.join(
                    ",",
                    List.of(
                            Long.toString(entry.seq()),
                            cell(entry.fields(), "time"),
                            cell(entry.fields(), "event"),
                            cell(call, "tool"),
                            cell(call, "tier"),
                            cell(call, "targets"),
                            cell(call, "principal"),
                            cell(call, "client"),
                            cell(call, "agreed_by"),
                            cell(call, "ticket"),
                            cell(entry.fields(), "begin"),
                            cell(entry.fields(), "result"),
                            cell(entry.fields(), "millis"),
                            cell(entry.fields(), entry.fields().has("task") ? "task" : "tasks"),
                            cell(entry.fields(), "sent"),
                            cell(call, "arguments")));
        }
    },
    /// RFC 5424: facility "log audit", the entry as the message, its number as `sequenceId`.
    SYSLOG {
        @Override
        public String header() {
            return "";
        }

        @Override
        public String line(Entry entry) {
            int severity = severity(entry);
            // RFC 5424 section 7.3.1: sequenceId has its largest at 2147483647 and begins again with 1.
            long sequence = (entry.seq() - 1) % Integer.MAX_VALUE + 1;
            return "<%d>1 %s - pve-mcp - %s [meta sequenceId=\"%d\"] \uFEFF%s"
                    .formatted(
                            LOG_AUDIT * 8 + severity,
                            entry.fields().text("time").map(Export::timestamp).orElse("-"),
                            messageId(entry),
                            sequence,
                            entry.text());
        }
    };

    private static final List<String> COLUMNS = List.of(
            "seq",
            "time",
            "event",
            "tool",
            "tier",
            "targets",
            "principal",
            "client",
            "agreed_by",
            "ticket",
            "begin",
            "result",
            "millis",
            "tasks",
            "sent",
            "arguments");

    // RFC 5424 section 6.2.1
    private static final int LOG_AUDIT = 13;
    private static final int WARNING = 4;
    private static final int NOTICE = 5;
    private static final int INFORMATIONAL = 6;

    /// What stands above all lines; empty: nothing.
    public abstract String header();

    public abstract String line(Entry entry);

    private static int severity(Entry entry) {
        var result = entry.fields().text("result").orElse("");
        boolean bad = result.startsWith("refused")
                || result.startsWith("failed")
                || result.startsWith("broke")
                || result.startsWith("found failed")
                || result.startsWith("unknown")
                || entry.event().equals("cut");
        if (bad) {
            return WARNING;
        }
        return entry.fields().has("begin") || entry.event().equals("begin") ? NOTICE : INFORMATIONAL;
    }

    /// At most six digits of a second may stand there (RFC 5424 section 6.2.3).
    private static String timestamp(String time) {
        return time.replaceFirst("(\\.\\d{6})\\d+", "$1");
    }

    private static String messageId(Entry entry) {
        return entry.event().matches("[a-z_]{1,32}") ? entry.event() : "-";
    }

    private static String cell(Json.Obj from, String name) {
        var value = from.get(name).map(Export::plain).orElse("");
        // A spreadsheet takes a cell that begins so for a formula, and others' names stand in these.
        var safe = value.matches("(?s)[=+\\-@\t\r].*") ? "'" + value : value;
        return safe.matches("(?s).*[\",\r\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }

    private static String plain(Json value) {
        if (value instanceof Json.Arr(var items)) {
            return String.join("; ", items.stream().map(Export::plain).toList());
        }
        return value.scalarText().orElseGet(value::write);
    }
}

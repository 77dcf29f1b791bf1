package pvemcp.dispatch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.Secret;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.tool.Preview;
import pvemcp.tool.Secrets;
import pvemcp.tool.ToolResult;
import pvemcp.tool.Vault;
import pvemcp.view.View;

/// Knows secret values and takes them out of whatever leaves: answers, errors, progress, the audit log. It is told
/// those of the configuration, and learns others where they stand in requests and answers ([Secrets]). A value is
/// found as it is, percent-encoded, in Base64 of both alphabets and in hexadecimal, also inside a longer text.
///
/// Safe for use by several threads.
public final class Redactor {
    /// What is shorter would be found in innocent text.
    private static final int SHORTEST = 6;

    /// Enough of those in use that calls bring along; the oldest is forgotten, as it was for one call.
    private static final int MOST = 256;

    private static final int SHORTEST_BASE64 = 8;

    private final Optional<Redactor> server;

    /// The owner's, which are never forgotten: the spellings by value. Guarded by [#known].
    private final Map<String, List<String>> configured = new LinkedHashMap<>();

    /// The same of what was learned since. Guarded by itself.
    private final Map<String, List<String>> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
            return size() > MOST;
        }
    };

    /// For a server.
    public Redactor() {
        this(Optional.empty());
    }

    private Redactor(Optional<Redactor> server) {
        this.server = server;
    }

    /// For one call: what its caller gives for a secret is hidden from that call's own traces and from nothing else,
    /// or one caller could hide words from another.
    Redactor forCall() {
        return new Redactor(Optional.of(this));
    }

    /// One of the configuration.
    public void learn(Secret secret) {
        learn(secret.reveal(), configured);
    }

    /// Those that stand in a call's own arguments.
    void learn(Json.Obj arguments) {
        for (var value : Secrets.in(arguments.text("path").orElse(""), arguments)) {
            if (!value.startsWith(Vault.REFERENCE)) {
                learn(value);
            }
        }
    }

    void learn(String value) {
        learn(value, known);
    }

    private void learn(String value, Map<String, List<String>> among) {
        // PVE's own mask, `**********`, is none.
        if (value.length() < SHORTEST || value.chars().allMatch(c -> c == '*' || c == '•')) {
            return;
        }
        synchronized (known) {
            if (!among.containsKey(value)) {
                among.put(value, spellings(value));
            }
        }
    }

    /// The same wire, whose secrets are learned as they pass.
    Transport watching(Transport wire) {
        return new Watching(wire);
    }

    /// The same caller, who is told of progress without them.
    Caller watching(Caller caller) {
        return new Shielded(caller);
    }

    // ---- taking them out ----

    public String scrub(String text) {
        var scrubbed = server.map(whole -> whole.scrub(text)).orElse(text);
        var all = new ArrayList<List<String>>();
        synchronized (known) {
            all.addAll(configured.values());
            all.addAll(known.values());
        }
        for (var spellings : all) {
            for (var spelling : spellings) {
                if (scrubbed.contains(spelling)) {
                    scrubbed = scrubbed.replace(spelling, Secret.MASK);
                }
            }
        }
        return scrubbed;
    }

    Json scrub(Json value) {
        return value.replaced(this::scrub, this::scrub);
    }

    Json.Obj scrub(Json.Obj object) {
        return object.replaced(this::scrub, this::scrub);
    }

    ToolResult scrub(ToolResult result) {
        if (knowsNothing()) {
            return result;
        }
        return switch (result) {
            case ToolResult.Done done -> new ToolResult.Done(scrub(done.view()), scrub(done.data()), done.going());
            case ToolResult.Held held ->
                new ToolResult.Held(
                        new Preview(
                                scrub(held.preview().summary()),
                                scrub(held.preview().requests()),
                                scrub(held.preview().warnings())),
                        held.tier(),
                        held.ticket(),
                        held.typed(),
                        held.again());
            case ToolResult.Refused refused ->
                new ToolResult.Refused(refused.rule(), scrub(refused.why()), scrub(refused.remedy()));
            case ToolResult.Failed failed ->
                new ToolResult.Failed(failed.code(), scrub(failed.what()), scrub(failed.hint()));
        };
    }

    private boolean knowsNothing() {
        synchronized (known) {
            return configured.isEmpty()
                    && known.isEmpty()
                    && server.map(Redactor::knowsNothing).orElse(true);
        }
    }

    private View scrub(View view) {
        return switch (view) {
            case View.Text(var text) -> new View.Text(scrub(text));
            case View.Facts(var facts) ->
                new View.Facts(facts.stream()
                        .map(fact -> new View.Fact(fact.name(), scrub(fact.value())))
                        .toList());
            case View.Table(var columns, var rows) ->
                new View.Table(columns, rows.stream().map(this::scrub).toList());
            case View.Log(var source, var lines) -> new View.Log(scrub(source), scrub(lines));
            case View.Image image -> image;
            case View.Stack(var parts) ->
                new View.Stack(parts.stream().map(this::scrub).toList());
        };
    }

    private List<String> scrub(List<String> texts) {
        return texts.stream().map(this::scrub).toList();
    }

    /// A bug is told with its stack, and what its messages quote is not known beforehand.
    RuntimeException scrub(RuntimeException bug) {
        var text = new StringWriter();
        bug.printStackTrace(new PrintWriter(text));
        var scrubbed = scrub(text.toString());
        return scrubbed.contentEquals(text.getBuffer()) ? bug : new IllegalStateException(scrubbed);
    }

    // ---- spellings ----

    private static List<String> spellings(String value) {
        var bytes = value.getBytes(UTF_8);
        var spellings = new ArrayList<String>();
        spellings.add(value);
        var percent = percent(bytes);
        add(spellings, percent);
        add(spellings, lowerEscapes(percent));
        add(spellings, percent.replace("%20", "+"));
        add(spellings, HexFormat.of().formatHex(bytes));
        add(spellings, HexFormat.of().withUpperCase().formatHex(bytes));
        var quoted = quoted(value);
        add(spellings, quoted);
        add(spellings, quoted(quoted)); // A request is written as JSON into a text of the audit log.
        for (int before = 0; before < 3; before++) {
            var core = core(bytes, before);
            if (core.length() >= SHORTEST_BASE64) {
                add(spellings, core);
                add(spellings, core.replace('+', '-').replace('/', '_'));
            }
        }
        return List.copyOf(spellings);
    }

    private static String quoted(String value) {
        var quoted = Json.str(value).write();
        return quoted.substring(1, quoted.length() - 1);
    }

    private static void add(List<String> spellings, String spelling) {
        if (!spellings.contains(spelling)) {
            spellings.add(spelling);
        }
    }

    private static String percent(byte[] bytes) {
        var out = new StringBuilder();
        for (byte b : bytes) {
            boolean plain = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || b == '-'
                    || b == '.'
                    || b == '_'
                    || b == '~';
            if (plain) {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }

    private static String lowerEscapes(String percent) {
        var out = new StringBuilder(percent);
        for (int i = out.indexOf("%"); i >= 0; i = out.indexOf("%", i + 1)) {
            out.setCharAt(i + 1, Character.toLowerCase(out.charAt(i + 1)));
            out.setCharAt(i + 2, Character.toLowerCase(out.charAt(i + 2)));
        }
        return out.toString();
    }

    /// What of the Base64 of a longer text comes from these bytes alone, with so many others (modulo 3) before them.
    private static String core(byte[] bytes, int before) {
        var padded = new byte[before + bytes.length];
        System.arraycopy(bytes, 0, padded, before, bytes.length);
        var encoded = new String(Base64.getEncoder().withoutPadding().encode(padded), ISO_8859_1);
        // Six bits a character: the first and the last may share theirs with a neighbour.
        int from = before == 0 ? 0 : before + 1;
        int to = padded.length * 8 / 6;
        return from < to ? encoded.substring(from, to) : "";
    }

    private final class Shielded extends ForwardingCaller {
        Shielded(Caller caller) {
            super(caller);
        }

        @Override
        public void progress(double fraction, String message) {
            caller.progress(fraction, scrub(message));
        }
    }

    private final class Watching extends ForwardingTransport {
        /// Where a guest answers, in members of its own making: it could hide words from everybody.
        private static final Pattern AGENT = Pattern.compile("/nodes/[^/]+/qemu/[^/]+/agent(?:/.*)?");

        Watching(Transport wire) {
            super(wire);
        }

        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            Secrets.in(path, params).forEach(Redactor.this::learn);
            var answer = wire.send(verb, path, params);
            if (!AGENT.matcher(path).matches()) {
                answer.get("data")
                        .ifPresent(data -> Secrets.in(path, data).forEach(made -> {
                            // What PVE hands out is nobody's to show, in this call or another.
                            server.orElse(Redactor.this).learn(made);
                        }));
            }
            return answer;
        }
    }
}

package pvemcp.sim.replay;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// Plays one recorded story against a simulator, request by request, and collects what differs.
///
/// The simulator's clock starts when the recording did and is moved along with it: the task ids in the recorded
/// answers say when each was given. Where the recorder waited for a task to end, time moves until it has.
final class Replay {
    private static final Pattern STARTED = Pattern.compile("UPID:[^:]+:[0-9A-F]{8}:[0-9A-F]{8,9}:([0-9A-F]{8}):");
    private static final Duration LONGEST_TASK = Duration.ofHours(4);
    /// A step in the recorder's clock, not time that passed.
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final RecordersHost host;
    private final Mapping mapping = new Mapping();
    private Instant now;
    private Map<String, String> ticket = Map.of();
    private String login = "username=root%40pam&password=" + Mapping.encode(RecordersHost.PASSWORD);
    private String limitedToken = "";

    private Replay(RecordersHost host, Instant start) {
        this.host = host;
        this.now = start;
    }

    /// The moment of the first task of a story, less what came before it.
    static Instant startOf(List<Exchange> story) {
        return story.stream()
                .flatMapToLong(exchange -> startedBy(exchange).stream())
                .mapToObj(Instant::ofEpochSecond)
                .findFirst()
                .orElse(Instant.parse("2026-11-21T04:00:00Z"))
                .minusSeconds(1);
    }

    static List<Difference> play(List<Exchange> story, RecordersHost host) {
        var replay = new Replay(host, startOf(story));
        replay.mapping.learnAs("SECRET", RecordersHost.TOKEN_SECRET);
        replay.mapping.learnAs("PASSWORD", RecordersHost.PASSWORD);
        replay.mapping.learnAs(
                "adab824784c3d296eb8aef011023e0aa2ed07b7acf8e45e927c4b5900302931e", sha256("x".repeat(20003)));
        var differences = new ArrayList<Difference>();
        for (var exchange : story) {
            differences.addAll(replay.play(exchange));
        }
        return differences;
    }

    private List<Difference> play(Exchange exchange) {
        host.before(exchange);
        startedBy(exchange).ifPresent(second -> moveTo(Instant.ofEpochSecond(second)));
        var answer = host.sender().send(exchange, mapping, credentials(exchange));
        if (exchange.followsTask() && isStopped(exchange.data())) {
            answer = awaitStopped(exchange, answer);
        }
        remember(exchange, answer);
        return Comparison.between(exchange, answer, mapping);
    }

    private Answer awaitStopped(Exchange exchange, Answer first) {
        var answer = first;
        var waited = Duration.ZERO;
        var step = Duration.ofMillis(500);
        while (answer.status() == 200 && !isStopped(answer.data()) && waited.compareTo(LONGEST_TASK) < 0) {
            host.advance(step);
            now = now.plus(step);
            waited = waited.plus(step);
            step = waited.compareTo(Duration.ofSeconds(15)) < 0 ? step : Duration.ofSeconds(10);
            answer = host.sender().send(exchange, mapping, credentials(exchange));
        }
        return answer;
    }

    private static boolean isStopped(Json data) {
        return data instanceof Json.Obj obj && obj.text("status").orElse("").equals("stopped");
    }

    private void moveTo(Instant moment) {
        var step = Duration.between(now, moment);
        if (step.isPositive() && step.compareTo(LONGEST_PAUSE) < 0) {
            host.advance(step);
            now = moment;
        }
    }

    private static OptionalLong startedBy(Exchange exchange) {
        if (exchange.data() instanceof Json.Str(var upid)) {
            var match = STARTED.matcher(upid);
            if (match.lookingAt()) {
                return OptionalLong.of(Long.parseLong(match.group(1), 16));
            }
        }
        return OptionalLong.empty();
    }

    private void remember(Exchange exchange, Answer answer) {
        if (exchange.note().equals("login as disabled user")) {
            // Once the user was enabled again, the recorder logged in with these, off the record.
            login = "username=limited%40pve&password=Limited-123";
            ticket = Map.of();
        }
        if (!(answer.data() instanceof Json.Obj data)) {
            return;
        }
        if (exchange.path().equals("/access/ticket") && data.has("CSRFPreventionToken")) {
            ticket = asTicket(data);
        }
        if (data.text("full-tokenid").isPresent() && data.has("value")) {
            limitedToken = data.text("full-tokenid").orElseThrow() + "="
                    + data.text("value").orElseThrow();
        }
    }

    private Map<String, String> credentials(Exchange exchange) {
        return switch (exchange.auth()) {
            case "token" -> authorization("root@pam!test=" + RecordersHost.TOKEN_SECRET);
            case "limited-token" -> authorization(limitedToken);
            case "badtoken" -> authorization("root@pam!test=00000000-0000-0000-0000-000000000000");
            case "ticket", "ticket-nocsrf", "ticket-badcsrf" -> withTicket(exchange);
            case "none" -> Map.of();
            default -> throw new IllegalArgumentException("unknown auth in " + exchange);
        };
    }

    private static Map<String, String> authorization(String token) {
        return Map.of("Authorization", "PVEAPIToken=" + token);
    }

    private Map<String, String> withTicket(Exchange exchange) {
        if (ticket.isEmpty()) {
            ticket = asTicket(
                    (Json.Obj) host.sender().post("/access/ticket", login).data());
        }
        var headers = new LinkedHashMap<>(ticket);
        switch (exchange.auth()) {
            case "ticket-nocsrf" -> headers.remove("CSRFPreventionToken");
            case "ticket-badcsrf" -> headers.put("CSRFPreventionToken", "6B000000:nonsense");
            default -> {}
        }
        if (exchange.method().equals("GET")) {
            headers.remove("CSRFPreventionToken");
        }
        return headers;
    }

    private static Map<String, String> asTicket(Json.Obj login) {
        var headers = new LinkedHashMap<String, String>();
        headers.put(
                "Cookie", "PVEAuthCookie=" + Mapping.encode(login.text("ticket").orElseThrow()));
        headers.put("CSRFPreventionToken", login.text("CSRFPreventionToken").orElseThrow());
        return headers;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

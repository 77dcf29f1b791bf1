package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.gate.Held;
import pvemcp.gate.Redeemed;
import pvemcp.gate.Seal;
import pvemcp.gate.Target;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.tool.Preview;
import pvemcp.tool.Ticket;

/// Held calls that wait for a person at a terminal, each a text on a [Board]. A server puts them down and takes the
/// answer up; `pve-mcp approve` gives it, in a process of its own.
///
/// Both are sealed with the board's key, so that none is made by hand. Arguments, which may hold secrets, are not
/// kept: their seal is, and who makes the call again brings them. Safe for use by several threads
/// and processes.
public final class HeldCalls {
    private static final Duration LIFE = Duration.ofMinutes(15);
    private static final int MOST = 100;

    /// Without what is easily taken for something else.
    private static final String LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

    private static final int ID_LENGTH = 8;
    private static final String CALL = ".call";
    private static final String ANSWER = ".answer";
    private static final String TAKEN = ".taken";

    private final Board board;
    private final Clock clock;

    /// Touches no disk yet.
    ///
    /// @param state the owner's state directory
    public HeldCalls(Path state, Clock clock) {
        this(new Folder(state.resolve("held")), clock);
    }

    public HeldCalls(Board board, Clock clock) {
        this.board = board;
        this.clock = clock;
    }

    /// A call as it waits.
    ///
    /// @param typed what the person has to type along with the yes; empty: nothing
    /// @param answered whether somebody has said yes or no to it already
    public record Waiting(
            String id,
            String principal,
            String client,
            String cluster,
            String tool,
            String tier,
            Preview preview,
            String typed,
            Instant expires,
            boolean answered) {}

    /// Puts a call down.
    ///
    /// @return its id, in place of a ticket
    Ticket put(Held held, String client, Preview preview) throws IOException {
        try {
            return putDown(held, client, preview);
        } catch (SharedUnavailable e) {
            throw e;
        } catch (IOException e) {
            throw new StateUnavailable(e);
        }
    }

    /// Takes the answer to a call up; a yes is used up by this.
    ///
    /// @param now the call as it stands now
    Redeemed redeem(String id, Held now) throws IOException {
        try {
            return takeUp(id, now);
        } catch (SharedUnavailable e) {
            throw e;
        } catch (IOException e) {
            throw new StateUnavailable(e);
        }
    }

    private Ticket putDown(Held held, String client, Preview preview) throws IOException {
        var seal = seal();
        // What has expired twice over tells nobody anything any more.
        board.forget(clock.instant().minus(LIFE.multipliedBy(2)));
        if (ids().size() >= MOST) {
            throw new IOException("%d calls wait in %s already".formatted(MOST, board.place()));
        }
        var expires = clock.instant().plus(LIFE);
        var id = newId();
        var call = Json.obj(
                        "id", id,
                        "expires", expires.toString(),
                        "principal", held.principal(),
                        "client", client,
                        "cluster", held.cluster(),
                        "tool", held.tool(),
                        "tier", held.tier().name(),
                        "call", seal.of(held.call().with("id", id)))
                .with(
                        "targets",
                        Json.of(held.targets().stream().map(Target::json).toList()))
                .with("summary", preview.summary())
                .with("requests", Json.strings(preview.requests()))
                .with("warnings", Json.strings(preview.warnings()))
                .with("typed", held.typed());
        write(id + CALL, call, seal);
        return new Ticket(id, expires);
    }

    private Redeemed takeUp(String id, Held now) throws IOException {
        if (!isId(id) || board.names().isEmpty()) {
            return new Redeemed.Other();
        }
        var seal = seal();
        var call = read(id + CALL, seal);
        if (call.isEmpty()) {
            return board.get(id + TAKEN).isPresent() ? new Redeemed.Used() : new Redeemed.Other();
        }
        if (!seal.fits(call.get().text("call").orElse(""), now.call().with("id", id))) {
            return new Redeemed.Other();
        }
        if (clock.instant().isAfter(expires(call.get()))) {
            return new Redeemed.Expired();
        }
        var answer = read(id + ANSWER, seal);
        if (answer.isEmpty()) {
            return new Redeemed.Open();
        }
        if (!answer.get().flag("yes").orElse(false)) {
            return new Redeemed.Declined();
        }
        // Of several who take it, one gets it.
        if (!board.rename(id + CALL, id + TAKEN)) {
            return new Redeemed.Used();
        }
        var agreed = call.get().array("targets").orElse(Json.Arr.EMPTY).items().stream()
                .map(target -> Target.from((Json.Obj) target))
                .toList();
        var differences = now.differencesFrom(agreed);
        return differences.isEmpty() ? new Redeemed.Good() : new Redeemed.Changed(differences);
    }

    /// All that wait and have not expired, oldest first.
    public List<Waiting> waiting() throws IOException {
        var waiting = new ArrayList<Waiting>();
        for (var id : ids()) {
            find(id).ifPresent(waiting::add);
        }
        waiting.sort((one, other) -> one.expires().compareTo(other.expires()));
        return waiting;
    }

    /// The call of this id; empty where none waits.
    public Optional<Waiting> find(String id) throws IOException {
        var plain = id.toUpperCase(Locale.ROOT);
        if (!isId(plain) || board.names().isEmpty()) {
            return Optional.empty();
        }
        var call = read(plain + CALL, seal()).filter(waiting -> !clock.instant().isAfter(expires(waiting)));
        return call.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        waiting(plain, call.get(), board.get(plain + ANSWER).isPresent()));
    }

    private static Waiting waiting(String id, Json.Obj call, boolean answered) {
        return new Waiting(
                id,
                call.text("principal").orElse(""),
                call.text("client").orElse(""),
                call.text("cluster").orElse(""),
                call.text("tool").orElse(""),
                call.text("tier").orElse(""),
                new Preview(call.text("summary").orElse(""), texts(call, "requests"), texts(call, "warnings")),
                call.text("typed").orElse(""),
                expires(call),
                answered);
    }

    /// Leaves the answer of a person; the first counts.
    ///
    /// @return false where there was one already
    public boolean answer(Waiting call, boolean yes, String person) throws IOException {
        if (board.get(call.id() + ANSWER).isPresent()) {
            return false;
        }
        var answer = Json.obj(
                "id", call.id(), "yes", yes, "by", person, "at", clock.instant().toString());
        write(call.id() + ANSWER, answer, seal());
        return true;
    }

    // ---- the board ----

    private void write(String name, Json.Obj content, Seal seal) throws IOException {
        board.put(
                name, content.with("seal", seal.of(content.with("file", name))).write());
    }

    /// Empty where there is none of that name, or it is not as we wrote it.
    private Optional<Json.Obj> read(String name, Seal seal) throws IOException {
        var text = board.get(name);
        try {
            if (text.isEmpty() || !(Json.parse(text.get()) instanceof Json.Obj sealed)) {
                return Optional.empty();
            }
            var content = sealed.without("seal");
            return seal.fits(sealed.text("seal").orElse(""), content.with("file", name))
                    ? Optional.of(content)
                    : Optional.empty();
        } catch (JsonException _) {
            return Optional.empty();
        }
    }

    private Seal seal() throws IOException {
        return new Seal(board.key());
    }

    private List<String> ids() throws IOException {
        return board.names().stream()
                .filter(name -> name.endsWith(CALL))
                .map(name -> name.substring(0, name.length() - CALL.length()))
                .filter(HeldCalls::isId)
                .toList();
    }

    private static String newId() {
        var random = new SecureRandom();
        var id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    private static boolean isId(String text) {
        return text.length() == ID_LENGTH && text.chars().allMatch(letter -> LETTERS.indexOf(letter) >= 0);
    }

    private static Instant expires(Json.Obj call) {
        return Instant.parse(call.text("expires").orElseThrow());
    }

    private static List<String> texts(Json.Obj call, String name) {
        return call.array(name).orElse(Json.Arr.EMPTY).items().stream()
                .flatMap(item -> item.scalarText().stream())
                .toList();
    }
}

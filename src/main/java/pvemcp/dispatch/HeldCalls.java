package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.audit.Permissions;
import pvemcp.gate.Held;
import pvemcp.gate.Redeemed;
import pvemcp.gate.Seal;
import pvemcp.gate.Target;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.tool.Preview;
import pvemcp.tool.Ticket;

/// Held calls that wait for a person at a terminal, a file each in a directory that only the owner may enter. The
/// server puts them down and takes the answer up; `pve-mcp approve` gives it, in a process of its own.
///
/// Both files are sealed with a key from the same directory, so that none is made by hand. Arguments, which may hold
/// secrets, are not kept: their seal is, and who makes the call again brings them. Safe for use by several threads
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

    private final Path directory;
    private final Clock clock;

    /// Touches no disk yet.
    ///
    /// @param state the owner's state directory
    public HeldCalls(Path state, Clock clock) {
        this.directory = state.resolve("held");
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
    Ticket put(Held held, String client, Preview preview) throws StateUnavailable {
        try {
            return putDown(held, client, preview);
        } catch (IOException e) {
            throw new StateUnavailable(e);
        }
    }

    /// Takes the answer to a call up; a yes is used up by this.
    ///
    /// @param now the call as it stands now
    Redeemed redeem(String id, Held now) throws StateUnavailable {
        try {
            return takeUp(id, now);
        } catch (IOException e) {
            throw new StateUnavailable(e);
        }
    }

    private Ticket putDown(Held held, String client, Preview preview) throws IOException {
        var seal = seal();
        sweep();
        if (ids().size() >= MOST) {
            throw new IOException("%d calls wait in %s already".formatted(MOST, directory));
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
        if (!isId(id) || !Files.isDirectory(directory)) {
            return new Redeemed.Other();
        }
        var seal = seal();
        var call = read(id + CALL, seal);
        if (call.isEmpty()) {
            return Files.exists(directory.resolve(id + TAKEN)) ? new Redeemed.Used() : new Redeemed.Other();
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
        if (!take(id)) {
            return new Redeemed.Used();
        }
        var agreed = call.get().array("targets").orElse(Json.Arr.EMPTY).items().stream()
                .map(target -> Target.from((Json.Obj) target))
                .toList();
        var differences = now.differencesFrom(agreed);
        return differences.isEmpty() ? new Redeemed.Good() : new Redeemed.Changed(differences);
    }

    /// Of several who take it, one gets it.
    private boolean take(String id) throws IOException {
        try {
            Files.move(directory.resolve(id + CALL), directory.resolve(id + TAKEN), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
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
        if (!isId(plain) || !Files.isDirectory(directory)) {
            return Optional.empty();
        }
        return read(plain + CALL, seal())
                .filter(call -> !clock.instant().isAfter(expires(call)))
                .map(call -> new Waiting(
                        plain,
                        call.text("principal").orElse(""),
                        call.text("client").orElse(""),
                        call.text("cluster").orElse(""),
                        call.text("tool").orElse(""),
                        call.text("tier").orElse(""),
                        new Preview(call.text("summary").orElse(""), texts(call, "requests"), texts(call, "warnings")),
                        call.text("typed").orElse(""),
                        expires(call),
                        Files.exists(directory.resolve(plain + ANSWER))));
    }

    /// Leaves the answer of a person; the first counts.
    ///
    /// @return false where there was one already
    public boolean answer(Waiting call, boolean yes, String person) throws IOException {
        if (Files.exists(directory.resolve(call.id() + ANSWER))) {
            return false;
        }
        var answer = Json.obj(
                "id", call.id(), "yes", yes, "by", person, "at", clock.instant().toString());
        write(call.id() + ANSWER, answer, seal());
        return true;
    }

    // ---- files ----

    private void write(String name, Json.Obj content, Seal seal) throws IOException {
        var sealed = content.with("seal", seal.of(content.with("file", name)));
        var half = directory.resolve(name + ".part");
        Files.deleteIfExists(half);
        Files.createFile(half, Permissions.forNewFile(directory));
        Files.writeString(half, sealed.write());
        Files.move(half, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Empty where there is no such file, or it is not as we wrote it.
    private Optional<Json.Obj> read(String name, Seal seal) throws IOException {
        try {
            if (!(Json.parse(Files.readString(directory.resolve(name))) instanceof Json.Obj sealed)) {
                return Optional.empty();
            }
            var content = sealed.without("seal");
            return seal.fits(sealed.text("seal").orElse(""), content.with("file", name))
                    ? Optional.of(content)
                    : Optional.empty();
        } catch (NoSuchFileException | JsonException _) {
            return Optional.empty();
        }
    }

    /// The directory and the key in it, made where they are not there yet.
    private Seal seal() throws IOException {
        return new Seal(KeyFile.in(directory));
    }

    private List<String> ids() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(CALL))
                    .map(name -> name.substring(0, name.length() - CALL.length()))
                    .filter(HeldCalls::isId)
                    .toList();
        }
    }

    /// What has expired twice over tells nobody anything any more.
    private void sweep() throws IOException {
        var oldest = clock.instant().minus(LIFE.multipliedBy(2));
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                if (!KeyFile.is(file)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        }
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

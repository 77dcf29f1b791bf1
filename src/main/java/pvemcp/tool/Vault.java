package pvemcp.tool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import pvemcp.pve.Secret;

/// How secrets pass by the model, in both directions: those of the owner, which a call names but does not contain,
/// and those that PVE makes for a person, which an answer names but does not show.
///
/// Thread-safe: it has no state but its directories.
public final class Vault {
    /// What a reference to a secret begins with.
    public static final String REFERENCE = "secret:";

    /// The keys of the configuration.
    public static final String SECRETS_KEY = "secrets.directory";

    public static final String HANDOVER_KEY = "secrets.handover";

    public static final String TOKENS_KEY = "secrets.create_tokens";

    /// No secrets to be had, and nowhere to put any.
    public static final Vault NONE = new Vault(Optional.empty(), Optional.empty(), file -> "");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

    private final Optional<Path> secrets;
    private final Optional<Path> handover;
    private final Function<Path, String> reader;
    private final boolean tokens;
    private final Supplier<Optional<String>> terminal;

    /// @param secrets the directory of the owner's files, one secret each
    /// @param handover where files for a person are put; made when the first one is
    /// @param reader of one such file; throws what says why the file is no place for a secret
    public Vault(Optional<Path> secrets, Optional<Path> handover, Function<Path, String> reader) {
        this(secrets, handover, reader, false, Optional::empty);
    }

    private Vault(
            Optional<Path> secrets,
            Optional<Path> handover,
            Function<Path, String> reader,
            boolean tokens,
            Supplier<Optional<String>> terminal) {
        this.secrets = secrets;
        this.handover = handover;
        this.reader = reader;
        this.tokens = tokens;
        this.terminal = terminal;
    }

    /// The same, where API tokens may be made.
    public Vault makingTokens() {
        return new Vault(secrets, handover, reader, true, terminal);
    }

    /// The same, with somebody at a terminal who types the secret that `secret:-` stands for.
    ///
    /// @param asked once a call or several times; empty where nothing is typed
    public Vault typedAt(Supplier<Optional<String>> asked) {
        return new Vault(secrets, handover, reader, tokens, asked);
    }

    /// The secret that a reference, `secret:NAME`, stands for.
    ///
    /// @param argument the input that the reference stands in
    /// @throws BadArguments where it is none, or there is no such secret
    /// @throws NotAllowed where the owner has opened no directory
    public Secret named(String argument, String reference) {
        if (!reference.startsWith(REFERENCE)) {
            throw wrong(
                    argument,
                    "a password itself would be written down in this conversation: the user puts it into a file below"
                            + " secrets.directory, and this argument names that file, secret:FILE");
        }
        var name = reference.substring(REFERENCE.length());
        if (name.equals("-")) {
            return new Secret(terminal.get()
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> wrong(argument, "'-' is typed at a terminal, and nobody typed one")));
        }
        if (!NAME.matcher(name).matches()) {
            throw wrong(argument, "'%s' is not the name of a file".formatted(name));
        }
        if (secrets.isEmpty()) {
            throw new NotAllowed(
                    SECRETS_KEY,
                    "no directory is configured, in which '%s' would be a file with a secret".formatted(name),
                    "the owner can set %s and put the file there".formatted(SECRETS_KEY));
        }
        var directory = secrets.get();
        var file = directory.resolve(name);
        try {
            // A link may lead to another file of the directory, as those of mounted secrets do, but not out of it.
            if (!file.toRealPath().startsWith(directory.toRealPath())) {
                throw wrong(argument, "'%s' leads out of secrets.directory".formatted(name));
            }
            return new Secret(reader.apply(file));
        } catch (IOException e) {
            throw wrong(argument, "there is no file '%s' in secrets.directory".formatted(name));
        }
    }

    private static BadArguments wrong(String argument, String why) {
        return new BadArguments(List.of("argument '%s': %s".formatted(argument, why)));
    }

    /// Makes sure that [#hand] will find a place, before something is asked for that cannot be asked for again.
    ///
    /// @throws BadArguments where it would not
    /// @throws NotAllowed where the owner has opened no place
    public void requireHandover() {
        if (handover.isEmpty()) {
            throw new NotAllowed(
                    HANDOVER_KEY,
                    "there is no place for what only a person may see",
                    "the owner can set %s to a directory".formatted(HANDOVER_KEY));
        }
        try {
            Files.createDirectories(handover.get(), onlyOwner("rwx------"));
            if (!Files.isWritable(handover.get())) {
                throw new BadArguments(List.of("secrets.handover, '%s', cannot be written".formatted(handover.get())));
            }
        } catch (IOException e) {
            throw new BadArguments(
                    List.of("secrets.handover, '%s', cannot be made: %s".formatted(handover.get(), e.getMessage())));
        }
    }

    /// Makes sure that an API token may be made, and that its secret, which PVE shows once, will find a place.
    ///
    /// @throws NotAllowed where the owner wants none made, or has opened no place
    /// @throws BadArguments where the place cannot be used
    public void requireTokens() {
        if (!tokens) {
            throw new NotAllowed(
                    TOKENS_KEY,
                    "this server makes no API tokens and renews none",
                    "the owner can set %s = true, or make it himself: pveum user token add".formatted(TOKENS_KEY));
        }
        requireHandover();
    }

    /// Puts what a person is to have into a new file that only this user can read.
    ///
    /// @param name of the file, to which a number is added where there is one already
    /// @param ending of its name, such as `.vv`
    /// @return the file
    public Path hand(String name, String ending, String content) {
        requireHandover();
        for (int number = 1; ; number++) {
            var file = handover.get().resolve(number == 1 ? name + ending : name + "-" + number + ending);
            var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var channel = Files.newByteChannel(file, options, onlyOwner("rw-------"))) {
                channel.write(StandardCharsets.UTF_8.encode(content));
                return file;
            } catch (FileAlreadyExistsException _) {
                // The next number, then.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static FileAttribute<?>[] onlyOwner(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}

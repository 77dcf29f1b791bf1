package pvemcp.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jline.reader.LineReader;
import org.jline.reader.impl.history.DefaultHistory;
import pvemcp.audit.Permissions;
import pvemcp.json.Json;
import pvemcp.tool.Secrets;
import pvemcp.tool.Vault;

/// The lines of earlier conversations, in a file for its owner alone. A line that holds a secret is not kept; nor is
/// one that begins with a blank.
final class Recollection extends DefaultHistory {
    /// What is said of secrets where a line is no call that could be understood.
    private static final List<String> TELLTALE = List.of("password", "passphrase", "secret", "token", "ticket");

    private final Optional<Path> file;

    /// @param folder where the file is; empty: nothing outlives the conversation
    Recollection(Optional<Path> folder) {
        this.file = folder.flatMap(Recollection::file);
    }

    /// A folder that cannot be written to costs the history and nothing else.
    private static Optional<Path> file(Path folder) {
        var file = folder.resolve("history");
        try {
            Permissions.makeFolder(folder);
            if (Files.notExists(file)) {
                Files.createFile(file, Permissions.forNewFile(folder));
            } else if (Permissions.forNewFile(folder).length > 0) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
            return Optional.of(file);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    @Override
    public void attach(LineReader reader) {
        file.ifPresent(path -> reader.setVariable(LineReader.HISTORY_FILE, path));
        super.attach(reader);
    }

    @Override
    public void add(Instant time, String line) {
        if (!holdsSecret(line)) {
            super.add(time, line);
        }
    }

    static boolean holdsSecret(String line) {
        var words = Words.split(line);
        var call = words.isEmpty() ? Optional.<Phrase>empty() : ToolNames.find(words);
        try {
            if (call.isPresent()) {
                var said = withoutReferences(CallArguments.parse(call.get()));
                return !Secrets.masked(said).equals(said);
            }
        } catch (UsageException _) {
            // Nobody knows what was meant.
        }
        var plain = line.toLowerCase(Locale.ROOT);
        return TELLTALE.stream().anyMatch(word -> plain.contains(word + "=") || plain.contains(word + "\""));
    }

    /// `secret:NAME` says where a secret is and not what it is.
    private static Json.Obj withoutReferences(Json.Obj said) {
        var kept = Json.Obj.EMPTY;
        for (var member : said.members().entrySet()) {
            switch (member.getValue()) {
                case Json.Str(var text) when text.startsWith(Vault.REFERENCE) -> {}
                case Json.Obj inner -> kept = kept.with(member.getKey(), withoutReferences(inner));
                default -> kept = kept.with(member.getKey(), member.getValue());
            }
        }
        return kept;
    }
}

package pvemcp.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The files of one ledger: `audit.jsonl`, which grows, and those it was before, `audit.jsonl.000000004711` by the
/// number of their last line.
final class Segments {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{12}");

    private Segments() {}

    /// What a file that ends with this line is called once it is full.
    static Path closed(Path ledger, long last) {
        return ledger.resolveSibling("%s.%012d".formatted(ledger.getFileName(), last));
    }

    /// The full ones, oldest first.
    static List<Path> closed(Path ledger) throws IOException {
        var folder = ledger.toAbsolutePath().getParent();
        var prefix = ledger.getFileName() + ".";
        var found = new ArrayList<Path>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                if (name.startsWith(prefix)
                        && NUMBER.matcher(name.substring(prefix.length())).matches()) {
                    found.add(file);
                }
            }
        }
        found.sort(null);
        return found;
    }

    /// All that there are, oldest first.
    static List<Path> all(Path ledger) throws IOException {
        var files = closed(ledger);
        if (Files.exists(ledger)) {
            files.add(ledger);
        }
        return files;
    }

    static Optional<Path> newestClosed(Path ledger) throws IOException {
        var files = closed(ledger);
        return files.isEmpty() ? Optional.empty() : Optional.of(files.getLast());
    }
}

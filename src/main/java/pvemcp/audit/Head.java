package pvemcp.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;

/// How far the ledger had come when last it told so, in a small file of its own: a chain whose end was cut off still
/// hangs together, but no longer reaches as far as its head says.
///
/// Written after the entry is on disk and not forced there itself, so after a crash it may lag behind the ledger, but
/// never run ahead of it.
///
/// @param hash of the line with this number
record Head(long seq, String hash) {
    static Path file(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + ".head");
    }

    /// Empty where there is none, or none that was made with this key.
    static Optional<Head> read(Path ledger, SigningKey key) throws IOException {
        var file = file(ledger);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var parts = Files.readString(file, StandardCharsets.ISO_8859_1).strip().split(" ", -1);
        if (parts.length != 3 || !parts[0].matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        var head = new Head(Long.parseLong(parts[0]), parts[1]);
        return head.isSealed(parts[2], key) ? Optional.of(head) : Optional.empty();
    }

    /// Whether somebody with this key has made the seal.
    boolean isSealed(String seal, SigningKey key) {
        return MessageDigest.isEqual(
                seal(key).getBytes(StandardCharsets.US_ASCII), seal.getBytes(StandardCharsets.ISO_8859_1));
    }

    String seal(SigningKey key) {
        return key.mac(statement());
    }

    static FileChannel open(Path ledger) throws IOException {
        var options = Set.<OpenOption>of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return FileChannel.open(file(ledger), options, Permissions.forNewFile(ledger.getParent()));
    }

    /// Always the same length, so that it is one write over the one before.
    void write(FileChannel channel, SigningKey key) throws IOException {
        var text = "%018d %s %s\n".formatted(seq, hash, seal(key));
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
    }

    private String statement() {
        return "pve-mcp audit head\n%d\n%s\n".formatted(seq, hash);
    }
}

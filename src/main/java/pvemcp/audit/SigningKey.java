package pvemcp.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The Ed25519 key (RFC 8032) that checkpoints are signed with, in a file beside the ledger that only its owner may
/// read. Its public half lies beside it for whoever is to verify.
final class SigningKey {
    private static final String PRIVATE = "PRIVATE KEY";

    private final byte[] encoded;

    /// @param encoded PKCS #8
    private SigningKey(byte[] encoded) {
        this.encoded = encoded.clone();
    }

    /// The pair that follows from 32 secret bytes (RFC 8032 section 5.1.5), the same wherever they are known.
    static Pair of(byte[] seed) {
        try {
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Known(seed));
            var pair = generator.generateKeyPair();
            return new Pair(new SigningKey(pair.getPrivate().getEncoded()), new VerifyingKey(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    record Pair(SigningKey signing, VerifyingKey verifying) {}

    /// The JDK makes the public half of a key only along with a new one, of bytes that it asks for.
    private static final class Known extends SecureRandom {
        private final transient byte[] bytes;

        Known(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] to) {
            System.arraycopy(bytes, 0, to, 0, to.length);
        }
    }

    static Path file(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + ".key");
    }

    /// The key that lies beside the ledger; a new one where there is none.
    static SigningKey of(Path ledger) throws IOException {
        var file = file(ledger);
        if (!Files.exists(file)) {
            return make(ledger, file);
        }
        Permissions.requireSecret(file);
        return new SigningKey(Pem.read(Files.readString(file, StandardCharsets.US_ASCII), PRIVATE));
    }

    /// The key itself comes last: a process that dies on the way leaves no key behind that has no head.
    private static SigningKey make(Path ledger, Path file) throws IOException {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            var made = new SigningKey(pair.getPrivate().getEncoded());
            try (var head = Head.open(ledger)) {
                new Head(0, Hash.START).write(head, made);
                head.force(true);
            }
            write(
                    VerifyingKey.file(ledger),
                    Pem.write(VerifyingKey.LABEL, pair.getPublic().getEncoded()));
            write(file, Pem.write(PRIVATE, made.encoded));
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// All of it or nothing.
    private static void write(Path file, String text) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        var options = Set.<OpenOption>of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(next, options, Permissions.forNewFile(file.getParent()))) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// What a checkpoint says of all that stands before it, in Base64.
    String sign(String statement) {
        try {
            var key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(statement.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// An HMAC-SHA256 under a key made from this one: for what is written with each entry, where a signature would
    /// cost too much.
    String mac(String statement) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(encoded, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(statement.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}

package pvemcp.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// The public half of the key that signs checkpoints. Whoever has a copy from before can tell later whether the
/// ledger's past was rewritten, also by somebody with the other half's machine but not this copy.
public final class VerifyingKey {
    static final String LABEL = "PUBLIC KEY";

    private final PublicKey key;

    VerifyingKey(PublicKey key) {
        this.key = key;
    }

    /// Where the ledger's own lies.
    static Path file(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + ".pub");
    }

    /// Reads a PEM file.
    public static VerifyingKey read(Path file) throws IOException {
        var encoded = Pem.read(Files.readString(file, StandardCharsets.US_ASCII), LABEL);
        try {
            return new VerifyingKey(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no Ed25519 public key", e);
        }
    }

    /// As a PEM file has it.
    public String pem() {
        return Pem.write(LABEL, key.getEncoded());
    }

    boolean hasSigned(String statement, String signature) {
        try {
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(statement.getBytes(StandardCharsets.UTF_8));
            return verifier.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            return false;
        }
    }
}

package pvemcp.mcp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import pvemcp.log.Log;

/// A server's certificate chain and private key in two PEM files, as ACME clients write them. Files that are replaced
/// are read again with the next connections, at most once in ten seconds. Safe for several threads.
public final class PemFiles extends X509ExtendedKeyManager {
    private static final Duration LOOKS = Duration.ofSeconds(10);
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    private final Path chain;
    private final Path key;
    private final Log log;

    // Written under this lock, read without.
    private volatile X509ExtendedKeyManager current;
    private List<FileTime> read;
    private long looked = System.nanoTime();

    private PemFiles(Path chain, Path key, Log log) throws IOException {
        this.chain = chain;
        this.key = key;
        this.log = log;
        this.read = times();
        this.current = load();
    }

    /// TLS with this certificate.
    ///
    /// @param log is told where renewed files cannot be used
    /// @throws IOException where the files cannot be read or do not belong together, in words for their owner
    public static SSLContext context(Path chain, Path key, Log log) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new PemFiles(chain, key, log)}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private List<FileTime> times() throws IOException {
        return List.of(Files.getLastModifiedTime(chain), Files.getLastModifiedTime(key));
    }

    private X509ExtendedKeyManager load() throws IOException {
        try {
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(chain)))
                    .toArray(Certificate[]::new);
            if (certificates.length == 0) {
                throw new IOException("'%s' holds no certificate".formatted(chain));
            }
            var privateKey = privateKey();
            if (!belongs(privateKey, certificates[0])) {
                throw new IOException(
                        "the key in '%s' is not that of the first certificate in '%s'".formatted(key, chain));
            }
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", privateKey, new char[0], certificates);
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            for (var manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager extended) {
                    return extended;
                }
            }
            throw new IOException("this Java has no key manager for X.509");
        } catch (GeneralSecurityException e) {
            throw new IOException("'%s' or '%s' cannot be used: %s".formatted(chain, key, e.getMessage()), e);
        }
    }

    private PrivateKey privateKey() throws IOException, GeneralSecurityException {
        var pem = Files.readString(key, StandardCharsets.US_ASCII);
        int from = pem.indexOf(BEGIN);
        int to = pem.indexOf(END);
        if (from < 0 || to < from) {
            throw new IOException(
                    "'%s' holds no unencrypted PKCS #8 key ('%s'): openssl pkcs8 -topk8 -nocrypt -in '%s' makes one of another"
                            .formatted(key, BEGIN, key));
        }
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(pem.substring(from + BEGIN.length(), to));
        } catch (IllegalArgumentException e) {
            throw new IOException("the key in '%s' is damaged".formatted(key), e);
        }
        // The key says what it is, but not to KeyFactory, which wants to be told.
        for (var algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (InvalidKeySpecException _) {
                // another kind
            }
        }
        throw new IOException("the key in '%s' is neither EC, RSA nor Ed25519".formatted(key));
    }

    private static boolean belongs(PrivateKey key, Certificate certificate) throws GeneralSecurityException {
        var algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "EdDSA";
        };
        var probe = "pve-mcp".getBytes(StandardCharsets.US_ASCII);
        var signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        var signature = signer.sign();
        try {
            signer.initVerify(certificate.getPublicKey());
            signer.update(probe);
            return signer.verify(signature);
        } catch (GeneralSecurityException _) {
            return false; // another kind of key
        }
    }

    /// Keeps what there is where the new files cannot be used: half of a renewal is no reason to turn clients away.
    private synchronized void lookAgain() {
        long now = System.nanoTime();
        if (now - looked < LOOKS.toNanos()) {
            return;
        }
        looked = now;
        try {
            var times = times();
            if (!times.equals(read)) {
                current = load();
                read = times;
            }
        } catch (IOException e) {
            log.tell(Log.Level.ERROR, "certificate", "the new certificate is not used: " + e.getMessage());
        }
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        lookAgain();
        return current.chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        lookAgain();
        return current.chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return current.getServerAliases(keyType, issuers);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return current.getClientAliases(keyType, issuers);
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        return current.chooseClientAlias(keyType, issuers, socket);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return current.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return current.getPrivateKey(alias);
    }
}

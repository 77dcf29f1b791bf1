package pvemcp.pve;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Which certificates are believed, as TLS asks it. Everything is decided inside the handshake, so nothing of a
/// request, and no credential, has left when a certificate is refused.
public final class Certificates {
    private Certificates() {}

    /// A certificate that is not believed, with what its owner needs to judge it.
    static final class Refused extends CertificateException {
        private static final long serialVersionUID = 1;
        private final String fingerprint;

        Refused(String fingerprint, String why, Throwable cause) {
            super(why, cause);
            this.fingerprint = fingerprint;
        }

        String fingerprint() {
            return fingerprint;
        }
    }

    /// Takes some 100 ms where the JDK's authorities are read, so it is made at the first request.
    public static SSLContext context(Connection.Trust trust) throws GeneralSecurityException, IOException {
        var manager = switch (trust) {
            case Connection.Trust.Authorities() -> new Explained(authorities(null), "no authority the JDK knows");
            case Connection.Trust.CaFile(var pem) ->
                new Explained(authorities(read(Files.newInputStream(pem))), "no authority in " + pem);
            case Connection.Trust.Fingerprints(var sha256) -> new Pinned(sha256);
        };
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {manager}, null);
        return context;
    }

    /// The SHA-256 of the certificate as PVE shows it: `AA:BB:…`.
    static String fingerprint(X509Certificate certificate) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was received can be encoded", e);
        }
    }

    private static KeyStore read(InputStream pem) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (pem) {
            int number = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
        }
        return store;
    }

    /// `null` for the authorities of the JDK.
    private static X509ExtendedTrustManager authorities(KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (var manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("this JDK has no X.509 trust manager");
    }

    /// Believes what its judge believes, and says why not otherwise.
    ///
    /// The extended kind of trust manager is given the connection: that is how the JDK's own checks the host
    /// name, and how a pinned certificate is spared that check.
    private abstract static class Judge extends X509ExtendedTrustManager {
        abstract void judge(X509Certificate[] chain, String algorithm, Socket socket, SSLEngine engine)
                throws CertificateException;

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String algorithm, Socket socket)
                throws CertificateException {
            judge(chain, algorithm, socket, null);
        }

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine)
                throws CertificateException {
            judge(chain, algorithm, null, engine);
        }

        @Override
        public final void checkServerTrusted(X509Certificate[] chain, String algorithm) throws CertificateException {
            throw new CertificateException("a certificate is judged with its connection");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String algorithm) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String algorithm, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public final void checkClientTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static final class Pinned extends Judge {
        private final Set<String> sha256;

        Pinned(List<String> sha256) {
            this.sha256 = sha256.stream().map(Pinned::plain).collect(Collectors.toUnmodifiableSet());
        }

        private static String plain(String fingerprint) {
            return fingerprint.replace(":", "").strip().toUpperCase(Locale.ROOT);
        }

        @Override
        void judge(X509Certificate[] chain, String algorithm, Socket socket, SSLEngine engine)
                throws CertificateException {
            var fingerprint = fingerprint(chain[0]);
            if (!sha256.contains(plain(fingerprint))) {
                throw new Refused(fingerprint, "it is none of the pinned certificates", null);
            }
        }
    }

    private static final class Explained extends Judge {
        private final X509ExtendedTrustManager judge;
        private final String stranger;

        Explained(X509ExtendedTrustManager judge, String stranger) {
            this.judge = judge;
            this.stranger = stranger;
        }

        @Override
        void judge(X509Certificate[] chain, String algorithm, Socket socket, SSLEngine engine)
                throws CertificateException {
            try {
                if (engine == null) {
                    judge.checkServerTrusted(chain, algorithm, socket);
                } else {
                    judge.checkServerTrusted(chain, algorithm, engine);
                }
            } catch (CertificateException e) {
                throw new Refused(fingerprint(chain[0]), why(chain[0], e), e);
            }
        }

        private String why(X509Certificate certificate, CertificateException refusal) {
            try {
                certificate.checkValidity();
            } catch (CertificateExpiredException _) {
                return "it expired at " + certificate.getNotAfter().toInstant();
            } catch (CertificateNotYetValidException _) {
                return "it is not valid before " + certificate.getNotBefore().toInstant();
            }
            // sun.security.validator.ValidatorException wraps what building a path failed with; a wrong host
            // name does not come with such a cause.
            if (refusal.getCause() == null) {
                return "it is for %s (%s)".formatted(names(certificate), refusal.getMessage());
            }
            return "%s signed it".formatted(stranger);
        }

        private static List<String> names(X509Certificate certificate) {
            var names = new ArrayList<String>();
            try {
                var alternatives = certificate.getSubjectAlternativeNames();
                for (var alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
                    names.add(alternative.get(1).toString());
                }
            } catch (CertificateException _) {
                names.add(certificate.getSubjectX500Principal().getName());
            }
            return names;
        }
    }
}

package pvemcp.pve;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// The certificate a host presents, looked at without believing it: the handshake is broken off as soon as it is
/// there, and nothing else is ever sent.
///
/// @param fingerprint SHA-256, `AA:BB:…`
/// @param subject whose it is, in its own words
/// @param issuer who says so
/// @param until when it ends
/// @param took how long the connection took to stand
public record Presented(String fingerprint, String subject, String issuer, Instant until, Duration took) {

    /// Whether it was signed by nobody but itself.
    public boolean selfSigned() {
        return subject.equals(issuer);
    }

    /// Looks at an endpoint, `https://host:8006`.
    ///
    /// @throws IOException where nobody answers, or what answers does not speak TLS
    public static Presented look(URI endpoint, Duration timeout) throws IOException {
        int port = endpoint.getPort() < 0 ? 443 : endpoint.getPort();
        var host = endpoint.getHost().replace("[", "").replace("]", "");
        var seen = new AtomicReference<X509Certificate>();
        long began = System.nanoTime();
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            var took = Duration.ofNanos(System.nanoTime() - began);
            plain.setSoTimeout((int) timeout.toMillis());
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Onlooker(seen)}, null);
            try (var tls = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
                tls.startHandshake();
            } catch (SSLException e) {
                if (seen.get() == null) {
                    throw e;
                }
            }
            return of(seen.get(), took);
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Presented of(X509Certificate certificate, Duration took) {
        return new Presented(
                Certificates.fingerprint(certificate),
                names(certificate.getSubjectX500Principal().getName()),
                names(certificate.getIssuerX500Principal().getName()),
                certificate.getNotAfter().toInstant(),
                took);
    }

    /// What comes from outside is kept to one printable line.
    private static String names(String text) {
        var plain =
                new ArrayList<String>(List.of(text.replaceAll("\\p{Cntrl}", " ").split(",")));
        return String.join(", ", plain.subList(0, Math.min(plain.size(), 4)));
    }

    /// Believes nothing: it keeps the certificate and refuses.
    private static final class Onlooker extends X509ExtendedTrustManager {
        private final AtomicReference<X509Certificate> seen;

        Onlooker(AtomicReference<X509Certificate> seen) {
            this.seen = seen;
        }

        private void look(X509Certificate[] chain) throws CertificateException {
            seen.set(chain[0]);
            throw new CertificateException("looked at, not believed");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            look(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            look(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            look(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            look(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            look(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            look(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

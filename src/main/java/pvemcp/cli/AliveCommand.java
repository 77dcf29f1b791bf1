package pvemcp.cli;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.text.Reason;

/// `pve-mcp alive [HOST:PORT]`: asks a server over HTTP for `/healthz`. For supervisors that can only start a
/// program, as Docker's health check is one; it shows no token and needs none.
final class AliveCommand implements Command {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Host host;
    private final Console console;

    AliveCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "alive";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Ask whether a server over HTTP lives; exit status 0 where it does.");
        spec.addPositional(
                Command.parameter("HOST:PORT", "0", "0..1", "Where it is; " + ServeCommand.ADDRESS + " if not said."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var config = host.config();
        var where = parsed.matchedPositionalValue(0, ServeCommand.ADDRESS);
        if (!where.matches("[^/]+:[0-9]{1,5}")) {
            throw nowhere(where);
        }
        boolean tls = !config.text(Key.HTTP_TLS_CERTIFICATE).isEmpty();
        var url = "%s://%s/healthz".formatted(tls ? "https" : "http", where);
        try {
            var http = connection(url, config);
            int status = http.getResponseCode();
            console.err().println(status == 200 ? "alive" : "%s answers %d".formatted(url, status));
            return status == 200 ? Exit.OK : Exit.FAILED;
        } catch (IllegalArgumentException _) {
            throw nowhere(where);
        } catch (IOException e) {
            console.err().println("pve-mcp: nobody answers at %s: %s".formatted(url, Reason.of(e)));
            return Exit.FAILED;
        }
    }

    private static UsageException nowhere(String where) {
        return new UsageException(
                "'%s' is no address: write HOST:PORT, such as %s".formatted(where, ServeCommand.ADDRESS));
    }

    private static HttpURLConnection connection(String url, Config config) throws IOException {
        var http = (HttpURLConnection) URI.create(url).toURL().openConnection();
        http.setConnectTimeout((int) PATIENCE.toMillis());
        http.setReadTimeout((int) PATIENCE.toMillis());
        if (http instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(believing(config.path(Key.HTTP_TLS_CERTIFICATE)));
            // It is the server's very certificate that is compared, whatever names are in it.
            https.setHostnameVerifier((_, _) -> true);
        }
        return http;
    }

    private static SSLSocketFactory believing(Path certificate) throws IOException {
        try (var pem = Files.newInputStream(certificate)) {
            var only = KeyStore.getInstance("PKCS12");
            only.load(null, null);
            only.setCertificateEntry(
                    "server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(only);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("'%s' cannot be used: %s".formatted(certificate, e.getMessage()), e);
        }
    }
}

package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.log.Log;

/// TLS with a certificate as an ACME client leaves it.
class PemFilesTest {
    private static final Log LOG = Log.ofWords(System.err);

    @TempDir
    Path directory;

    private KeyStore make(String name, String algorithm) throws Exception {
        var file = directory.resolve(name + ".p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "secret",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        var store = KeyStore.getInstance(file.toFile(), "secret".toCharArray());
        write(name + ".crt", "CERTIFICATE", store.getCertificate("server").getEncoded());
        write(
                name + ".key",
                "PRIVATE KEY",
                store.getKey("server", "secret".toCharArray()).getEncoded());
        return store;
    }

    private void write(String name, String label, byte[] content) throws IOException {
        Files.writeString(
                directory.resolve(name),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(label, Base64.getMimeEncoder().encodeToString(content), label));
    }

    @Test
    void a_client_that_believes_the_certificate_is_served() throws Exception {
        for (var algorithm : List.of("EC", "RSA")) {
            var store = make(algorithm, algorithm);
            var tls =
                    PemFiles.context(directory.resolve(algorithm + ".crt"), directory.resolve(algorithm + ".key"), LOG);
            var settings = new HttpSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of(), List.of(), Optional.of(tls));
            var believed = KeyStore.getInstance("PKCS12");
            believed.load(null, null);
            believed.setCertificateEntry("server", store.getCertificate("server"));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(believed);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);

            try (var http = Http.start(
                            settings, Entrance.open(Peer.workshop()), new Metrics(), InstantSource.system());
                    var client = HttpClient.newBuilder().sslContext(context).build()) {
                var request = HttpRequest.newBuilder(URI.create("https://localhost:" + http.port() + "/healthz"))
                        .build();
                assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("alive\n");
            }
        }
    }

    @Test
    void files_that_do_not_belong_together_are_not_used() throws Exception {
        make("one", "EC");
        make("two", "EC");
        var chain = directory.resolve("one.crt");
        assertThatThrownBy(() -> PemFiles.context(chain, directory.resolve("two.key"), LOG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not that of the first certificate");
        assertThatThrownBy(() -> PemFiles.context(chain, chain, LOG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("openssl pkcs8");
    }
}

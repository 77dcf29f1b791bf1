package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.pve.FaultyServer.data;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

/// What is sent, and how an answer is read, where all goes well.
class HttpTransportTest {
    private static final Connection.Credential TOKEN =
            new Connection.Credential.Token("mcp@pve!claude", new Secret("12345678-secret"));

    private static HttpTransport to(FaultyServer server) {
        return new HttpTransport(
                new Connection(
                        "lab",
                        List.of(server.uri()),
                        TOKEN,
                        new Connection.Trust.Fingerprints(List.of(server.fingerprint())),
                        Duration.ofSeconds(10)),
                Clock.systemUTC());
    }

    @Test
    void a_read_carries_the_token_and_its_parameters_in_the_query() {
        try (var server = FaultyServer.answering(data("{\"version\":\"9.2.11\"}"));
                var transport = to(server)) {
            var answer = transport.send(
                    Verb.GET,
                    "/nodes/pve1/storage/local/content/local%3Aiso%2Fa.iso",
                    Json.obj(
                            "a",
                            "x=1;2&3+4 é",
                            "on",
                            true,
                            "off",
                            false,
                            "n",
                            5,
                            "gone",
                            null,
                            "l",
                            List.of("p", "q")));

            assertThat(answer.write()).isEqualTo("{\"data\":{\"version\":\"9.2.11\"}}");
            var request = server.seen().getFirst();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target())
                    .isEqualTo("/api2/json/nodes/pve1/storage/local/content/local%3Aiso%2Fa.iso"
                            + "?a=x%3D1%3B2%263%2B4%20%C3%A9&on=1&off=0&n=5&l=p&l=q");
            assertThat(request.header("Authorization")).isEqualTo("PVEAPIToken=mcp@pve!claude=12345678-secret");
            assertThat(request.header("Cookie")).isEmpty();
            assertThat(request.header("Content-Length")).isEmpty();
        }
    }
}

package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.lab.TrustAll;

/// What pveproxy does to HTTP.
class WireTest {
    private final PveSim sim = Worlds.bare();
    private final SimClient client = SimClient.of(sim);

    @AfterEach
    void stop() {
        sim.close();
    }

    @Test
    void a_token_opens_the_version() {
        var answer = client.get("/version");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.object().text("release")).contains("9.2");
        assertThat(answer.headers()).containsEntry("server", "pve-api-daemon/3.0");
    }

    @Test
    void an_error_is_told_in_the_reason_phrase_and_ends_the_connection() {
        var answer = client.get("/nosuch");

        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.reason()).isEqualTo("Method 'GET /nosuch' not implemented");
        assertThat(answer.headers()).containsEntry("connection", "close");
    }

    @Test
    void a_401_has_its_text_in_the_reason_phrase_alone() {
        var none = SimClient.anonymous(sim).get("/version");
        var wrong = SimClient.anonymous(sim)
                .with("Authorization: PVEAPIToken=root@pam!test=wrong")
                .get("/version");

        assertThat(none.status()).isEqualTo(401);
        assertThat(none.reason()).isEqualTo("No ticket");
        assertThat(wrong.reason()).isEqualTo("Authentication failed!");
        assertThat(wrong.text()).isEmpty();
    }

    @Test
    void a_token_may_be_written_with_a_blank_or_percent_encoded() {
        var plain = sim.token().id() + "=" + sim.token().secret();
        var encoded = plain.replace("@", "%40").replace("!", "%21").replace("=", "%3D");

        for (var value : new String[] {"PVEAPIToken " + plain, "PVEAPIToken=" + encoded}) {
            var answer =
                    SimClient.anonymous(sim).with("Authorization: " + value).get("/version");
            assertThat(answer.status()).as(value).isEqualTo(200);
        }
    }

    @Test
    void other_methods_chunks_and_bodies_where_none_belong_are_refused() {
        var auth = "\r\nAuthorization: " + sim.token().header();

        var head = client.raw("HEAD /api2/json/version HTTP/1.1" + auth + "\r\n\r\n");
        var chunked =
                client.raw("POST /api2/json/pools HTTP/1.1\r\nTransfer-Encoding: chunked" + auth + "\r\n\r\n0\r\n\r\n");
        var body = client.raw("DELETE /api2/json/pools HTTP/1.1\r\nContent-Length: 2" + auth + "\r\n\r\nxx");
        var xml = client.raw(
                "POST /api2/json/pools HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: 2" + auth + "\r\n\r\nxx");

        assertThat(head.reason()).isEqualTo("method 'HEAD' not available");
        assertThat(chunked.reason()).isEqualTo("chunked transfer encoding not supported");
        assertThat(body.reason()).isEqualTo("Unexpected content for method 'DELETE'");
        assertThat(xml.status()).isEqualTo(506);
    }

    @Test
    void too_many_headers_end_the_connection_without_an_answer() {
        var many = client;
        for (int i = 0; i < 70; i++) {
            many = many.with("X-H%d: 1".formatted(i));
        }
        var crowded = many;

        assertThatThrownBy(() -> crowded.get("/version"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("ended");
    }

    @Test
    void a_connection_is_kept_after_a_success() throws IOException {
        var request = "GET /api2/json/version HTTP/1.1\r\nAuthorization: %s\r\n\r\n"
                .formatted(sim.token().header())
                .getBytes(StandardCharsets.ISO_8859_1);
        try (var socket = TrustAll.sockets().createSocket("127.0.0.1", sim.port())) {
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(request);
                assertThat(SimClient.read(socket.getInputStream()).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void large_answers_are_compressed_on_demand() {
        var answer = client.with("Accept-Encoding: gzip").get("/access/roles");

        assertThat(answer.headers()).containsEntry("content-encoding", "gzip");
    }
}

package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.json.JsonException;
import pvemcp.lab.TrustAll;
import pvemcp.sim.Faults.Answer;

/// Things that go wrong on order.
class FaultsTest {
    private final PveSim sim = Worlds.bare();
    private final SimClient client = SimClient.of(sim);

    @AfterEach
    void stop() {
        sim.close();
    }

    @Test
    void a_dropped_node_is_a_595_and_offline_in_the_lists() {
        sim.change(cluster -> cluster.addNode("second"));
        sim.drop("second");

        assertThat(client.get("/nodes/second/status").status()).isEqualTo(595);
        assertThat(client.get("/nodes/pve/status").status()).isEqualTo(200);
        assertThat(client.get("/nodes").rows())
                .filteredOn(row -> row.text("status").orElse("").equals("offline"))
                .hasSize(1);
        sim.faults().restore("second");
        assertThat(client.get("/nodes/second/status").status()).isEqualTo(200);
    }

    @Test
    void an_unknown_node_is_a_failed_name_lookup() {
        assertThat(client.get("/nodes/nosuch/status").reason()).startsWith("hostname lookup 'nosuch' failed");
    }

    @Test
    void an_answer_can_be_cut_after_the_work_is_done() {
        sim.faults().spoil(new Answer.Cut(0));

        assertThatThrownBy(() -> client.post("/pools", "poolid=a")).isInstanceOf(UncheckedIOException.class);
        assertThat(client.get("/pools").rows()).hasSize(1);
    }

    @Test
    void an_answer_can_be_cut_in_its_middle() {
        sim.faults().spoil(new Answer.Cut(400));

        assertThatThrownBy(() -> client.get("/access/roles").json()).isInstanceOf(JsonException.class);
    }

    @Test
    void a_596_leaves_open_whether_the_work_was_done() {
        sim.faults().spoil(new Answer.Instead(596, "Connection timed out"));
        sim.faults().spoil(new Answer.After(596, "Connection timed out"));

        var notDone = client.post("/pools", "poolid=a");
        var done = client.post("/pools", "poolid=b");

        assertThat(notDone.status()).isEqualTo(done.status()).isEqualTo(596);
        assertThat(notDone.text()).isEmpty();
        assertThat(client.get("/pools").rows())
                .extracting(row -> row.text("poolid").orElse(""))
                .containsExactly("b");
    }

    @Test
    void a_slow_simulator_takes_its_time() {
        sim.slow(Duration.ofMillis(150));
        long start = System.nanoTime();

        client.get("/version");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
    }

    @Test
    void the_certificate_can_change_under_way() throws IOException {
        assertThat(certificate()).isEqualTo(certificate());
        var before = certificate();
        sim.faults().changeCertificate();

        assertThat(certificate()).isNotEqualTo(before);
    }

    private Certificate certificate() throws IOException {
        try (var socket = (SSLSocket) TrustAll.sockets().createSocket("127.0.0.1", sim.port())) {
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void plain_http_is_sent_to_https() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), sim.port())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: here:8006\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            var answer = SimClient.read(socket.getInputStream());

            assertThat(answer.status()).isEqualTo(301);
            assertThat(answer.headers()).containsEntry("location", "https://here:8006/");
        }
    }
}

package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static pvemcp.lab.Answer.data;
import static pvemcp.lab.Answer.nothing;
import static pvemcp.lab.Answer.raw;
import static pvemcp.lab.Answer.silence;
import static pvemcp.lab.Answer.status;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;

/// Files that travel both ways, and what becomes of them when the way breaks.
class TransferFaultsTest {
    private static final String UPLOAD = "/nodes/pve1/storage/local/upload";
    private static final String DOWNLOAD = "/nodes/pve1/storage/pbs/file-restore/download";
    private static final Duration LONG = Duration.ofSeconds(60);

    @AutoClose
    private final Wires wires = new Wires();

    private FaultProxy server(Answer... answers) {
        return wires.server(answers);
    }

    private HttpTransport to(Duration timeout, List<URI> uris, FaultProxy... servers) {
        return wires.to(timeout, Waiting.REAL, uris, servers);
    }

    private HttpTransport to(FaultProxy server) {
        return to(LONG, List.of(server.uri()), server);
    }

    private static Upload file(String text) {
        return file(text.length(), () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Upload file(long size, Upload.Content content) {
        return new Upload("x.iso", size, content, _ -> {});
    }

    private static PveFault faultOf(Runnable transfer) {
        var thrown = catchThrowableOfType(PveException.class, transfer::run);
        assertThat(thrown).as("it should have failed").isNotNull();
        return thrown.fault();
    }

    @Test
    void a_file_goes_as_the_only_part_of_a_form_with_its_parameters_in_the_query() {
        var server = server(data("\"UPID\""));

        to(server).upload(UPLOAD, Json.obj("content", "iso"), file("abc\r\n--def"));

        var seen = server.seen().getFirst();
        assertThat(seen.target()).endsWith(UPLOAD + "?content=iso");
        var boundary = seen.header("content-type").replace("multipart/form-data; boundary=", "");
        assertThat(boundary).doesNotContain("\"");
        assertThat(seen.body()).isEqualTo("""
                        --%1$s\r
                        Content-Disposition: form-data; name="filename"; filename="x.iso"\r
                        Content-Type: application/octet-stream\r
                        \r
                        abc\r
                        --def\r
                        --%1$s--\r
                        """.formatted(boundary));
        assertThat(seen.header("content-length"))
                .isEqualTo(Integer.toString(seen.body().length()));
    }

    @Test
    void an_upload_goes_to_the_next_endpoint_where_the_first_is_not_there() {
        var server = server(data("\"UPID\""));
        var transport = to(LONG, List.of(URI.create("https://127.0.0.1:1"), server.uri()), server);

        transport.upload(UPLOAD, Json.obj("content", "iso"), file("abc"));

        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void an_upload_that_arrived_whole_without_an_answer_is_left_in_doubt_and_not_repeated() {
        var server = server(nothing());

        assertThat(faultOf(() -> to(server).upload(UPLOAD, Json.obj("content", "iso"), file("abc"))))
                .isInstanceOf(PveFault.Ambiguous.class);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void an_upload_that_nobody_answers_is_given_up() {
        var server = server(silence());
        var transport = to(Duration.ofSeconds(2), List.of(server.uri()), server);

        assertThat(faultOf(() -> transport.upload(UPLOAD, Json.obj("content", "iso"), file("abc"))))
                .isInstanceOf(PveFault.Ambiguous.class);
    }

    @Test
    void an_upload_that_is_taken_back_ends_at_once() {
        var server = server(silence());
        var upload = new Upload("x.iso", 3, file("abc").content(), _ -> {
            throw new CancellationException("taken back");
        });

        assertThatThrownBy(() -> to(server).upload(UPLOAD, Json.obj("content", "iso"), upload))
                .isInstanceOf(CancellationException.class)
                .hasMessage("taken back");
    }

    @Test
    void a_file_that_cannot_be_read_to_its_end_is_told_as_that() {
        var server = server(data("\"UPID\""));
        var shrunk = file(1 << 20, () -> new ByteArrayInputStream(new byte[10]));
        var broken = file(1 << 20, () -> new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk gone");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("disk gone");
            }
        });

        assertThatThrownBy(() -> to(server).upload(UPLOAD, Json.Obj.EMPTY, shrunk))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("shorter");
        assertThatThrownBy(() -> to(server).upload(UPLOAD, Json.Obj.EMPTY, broken))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("disk gone");
    }

    @Test
    void what_has_grown_since_is_sent_as_it_was_announced() {
        var server = server(data("\"UPID\""));

        to(server).upload(UPLOAD, Json.Obj.EMPTY, file(3, file("abcdef").content()));

        assertThat(server.seen().getFirst().body()).contains("abc\r\n--").doesNotContain("abcd");
    }

    @Test
    void a_refused_upload_is_told_in_pves_words() {
        var server = server(status(500, "storage 'local' does not support 'iso' content", "null"));

        assertThat(faultOf(() -> to(server).upload(UPLOAD, Json.Obj.EMPTY, file("abc"))))
                .isEqualTo(new PveFault.Unexpected(500, "storage 'local' does not support 'iso' content"));
    }

    // --- the other way ---

    private static Received download(HttpTransport transport, OutputStream into) {
        return transport.download(DOWNLOAD, Json.obj("filepath", "x"), into, _ -> {});
    }

    @Test
    void a_file_comes_as_it_is() {
        var server =
                server(raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"a\" "));
        var into = new ByteArrayOutputStream();

        assertThat(download(to(server), into)).isEqualTo(new Received(5, true));
        assertThat(into.toString(StandardCharsets.US_ASCII)).isEqualTo("{\"a\" ");
    }

    @Test
    void a_file_without_a_length_may_be_cut_and_is_said_to_be_unmeasured() {
        var server = server(raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc"));

        assertThat(download(to(server), new ByteArrayOutputStream())).isEqualTo(new Received(3, false));
    }

    @Test
    void a_file_that_breaks_off_is_no_file() {
        var server = server(raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));

        assertThat(faultOf(() -> download(to(server), new ByteArrayOutputStream())))
                .isInstanceOf(PveFault.Unreachable.class);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_refused_download_is_told_in_pves_words_and_writes_nothing() {
        var server = server(status(500, "no such file", "null"));
        var into = new ByteArrayOutputStream();

        assertThat(faultOf(() -> download(to(server), into))).isEqualTo(new PveFault.Unexpected(500, "no such file"));
        assertThat(into.size()).isZero();
    }

    @Test
    void a_full_disk_here_is_told_as_that() {
        var server = server(raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"));
        var full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };

        assertThatThrownBy(() -> download(to(server), full))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("No space left");
    }
}

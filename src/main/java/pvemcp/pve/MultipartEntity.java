package pvemcp.pve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/// A file as the only part of a form (RFC 7578), in the one spelling PVE reads: the disposition is the first header
/// of the part, its field is called `filename`, and the boundary is not quoted (PVE::APIServer::AnyEvent,
/// file_upload_multipart).
final class MultipartEntity extends AbstractHttpEntity {
    private final Cargo.Up cargo;
    private final byte[] head;
    private final byte[] tail;

    MultipartEntity(Cargo.Up cargo) {
        this(
                cargo,
                "pve-mcp-" + Long.toHexString(ThreadLocalRandom.current().nextLong())
                        + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    }

    private MultipartEntity(Cargo.Up cargo, String boundary) {
        super("multipart/form-data; boundary=" + boundary, null);
        this.cargo = cargo;
        var name = cargo.file().name();
        if (!name.matches("[A-Za-z0-9_.-]+")) {
            throw new IllegalArgumentException("'%s' cannot be the name of an uploaded file".formatted(name));
        }
        var part = """
                --%s\r
                Content-Disposition: form-data; name="filename"; filename="%s"\r
                Content-Type: application/octet-stream\r
                \r
                """.formatted(boundary, name);
        this.head = part.getBytes(StandardCharsets.US_ASCII);
        this.tail = "\r\n--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long getContentLength() {
        return head.length + cargo.file().size() + tail.length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(head);
        cargo.writeTo(out);
        out.write(tail);
        out.flush();
    }

    @Override
    public boolean isStreaming() {
        return true;
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public InputStream getContent() {
        throw new UnsupportedOperationException("it is written, not read");
    }

    @Override
    public void close() {
        // Whoever opened the file closes it.
    }
}

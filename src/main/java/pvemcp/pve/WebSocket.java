package pvemcp.pve;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// The client's side of a WebSocket (RFC 6455), as far as PVE speaks it: binary frames without extensions.
final class WebSocket implements Tunnel {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 1.3
    private static final int LONGEST_HEAD = 16 << 10;
    private static final int LARGEST_FRAME = 1 << 20; // PVE::APIServer::AnyEvent sends 128 KiB at most.

    private final SSLSocket socket;
    private final DataInputStream raw;
    private final SecureRandom random = new SecureRandom();

    private WebSocket(SSLSocket socket, DataInputStream raw) {
        this.socket = socket;
        this.raw = raw;
    }

    /// The server did not want to switch.
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status, String reason) {
            super(reason);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /// @param anyName whether the certificate may be in another name than the host's, since it is pinned
    /// @param target path and query
    /// @param headers that say who asks
    static WebSocket open(
            URI endpoint,
            SSLSocketFactory tls,
            boolean anyName,
            String target,
            Map<String, String> headers,
            Duration timeout)
            throws IOException {
        var host = endpoint.getHost().replace("[", "").replace("]", "");
        int port = endpoint.getPort() < 0 ? 443 : endpoint.getPort();
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            plain.setSoTimeout((int) timeout.toMillis());
            plain.setTcpNoDelay(true);
            var socket = (SSLSocket) tls.createSocket(plain, host, port, true);
            if (!anyName) {
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            socket.startHandshake();
            var opened = new WebSocket(socket, new DataInputStream(socket.getInputStream()));
            opened.shake(endpoint.getAuthority(), target, headers);
            return opened;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private void shake(String authority, String target, Map<String, String> headers) throws IOException {
        var nonce = new byte[16];
        random.nextBytes(nonce);
        var key = Base64.getEncoder().encodeToString(nonce);
        var head = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n")
                .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
                .append("Sec-WebSocket-Protocol: binary\r\nSec-WebSocket-Key: ")
                .append(key)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        var lines = answer().split("\r\n", -1);
        var status = lines[0].split(" ", 3);
        if (status.length < 2 || !status[1].equals("101")) {
            boolean known = status.length > 1 && status[1].matches("\\d{3}");
            throw new Refused(known ? Integer.parseInt(status[1]) : 0, status.length > 2 ? status[2] : lines[0]);
        }
        boolean accepted = Arrays.stream(lines)
                .anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-accept:")
                        && line.substring(line.indexOf(':') + 1).strip().equals(accept(key)));
        if (!accepted) {
            throw new IOException("the answer to the upgrade is not that of a WebSocket");
        }
    }

    private String answer() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = raw.read();
            if (next < 0 || head.size() > LONGEST_HEAD) {
                throw new EOFException("no whole answer to the upgrade");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static String accept(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public InputStream in() {
        return new Frames();
    }

    @Override
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                send(0x2, Arrays.copyOfRange(bytes, from, from + length));
            }
        };
    }

    /// One whole frame, masked as a client's has to be (RFC 6455 section 5.3).
    private void send(int opcode, byte[] payload) throws IOException {
        var frame = new ByteArrayOutputStream();
        frame.write(0x80 | opcode);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        }
        var mask = new byte[4];
        random.nextBytes(mask);
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        socket.getOutputStream().write(frame.toByteArray());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// The payloads of the data frames, one after the other.
    private final class Frames extends InputStream {
        private byte[] frame = {};
        private int at;
        private boolean ended;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (at == frame.length && !ended) {
                next();
            }
            if (ended) {
                return -1;
            }
            int taken = Math.min(length, frame.length - at);
            System.arraycopy(frame, at, into, offset, taken);
            at += taken;
            return taken;
        }

        private void next() throws IOException {
            int opcode = raw.readUnsignedByte() & 0xf;
            int second = raw.readUnsignedByte();
            long length = second & 0x7f;
            if (length == 126) {
                length = raw.readUnsignedShort();
            } else if (length == 127) {
                length = raw.readLong();
            }
            if (length < 0 || length > LARGEST_FRAME || (second & 0x80) != 0) {
                throw new IOException("a frame of the WebSocket is not as a server sends it");
            }
            var payload = new byte[(int) length];
            raw.readFully(payload);
            switch (opcode) {
                case 0x0, 0x1, 0x2 -> {
                    frame = payload;
                    at = 0;
                }
                case 0x8 -> ended = true;
                case 0x9 -> send(0xA, payload);
                default -> {
                    // A pong, or something of an extension that was not asked for.
                }
            }
        }
    }
}

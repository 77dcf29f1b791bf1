package pvemcp.sim.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import pvemcp.sim.api.Talk;

/// The server's side of a WebSocket (RFC 6455), with what PVE::APIServer::AnyEvent does of it: binary frames of at
/// most 128 KiB.
final class WebSocketSide {
    private static final int LARGEST = 128 << 10;

    private WebSocketSide() {}

    static void serve(InputStream in, OutputStream out, String key, Talk talk) throws IOException {
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(key) + "\r\nSec-WebSocket-Protocol: binary\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        talk.run(new Unmasked(new DataInputStream(in)), new Framed(out));
        out.write(new byte[] {(byte) 0x88, 0});
        out.flush();
    }

    private static String accept(String key) {
        try {
            var text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
            var digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Framed extends OutputStream {
        private final OutputStream out;

        Framed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int at = from; at < from + length; at += LARGEST) {
                frame(Arrays.copyOfRange(bytes, at, Math.min(from + length, at + LARGEST)));
            }
            out.flush();
        }

        private void frame(byte[] payload) throws IOException {
            var frame = new ByteArrayOutputStream();
            frame.write(0x82);
            if (payload.length < 126) {
                frame.write(payload.length);
            } else if (payload.length < 1 << 16) {
                frame.write(126);
                frame.write(payload.length >> 8);
                frame.write(payload.length);
            } else {
                frame.write(127);
                for (int shift = 56; shift >= 0; shift -= 8) {
                    frame.write((int) ((long) payload.length >> shift));
                }
            }
            frame.writeBytes(payload);
            out.write(frame.toByteArray());
        }
    }

    private static final class Unmasked extends InputStream {
        private final DataInputStream in;
        private byte[] frame = {};
        private int at;

        Unmasked(DataInputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            while (at == frame.length) {
                if (!next()) {
                    return -1;
                }
            }
            return frame[at++] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (at == frame.length) {
                if (!next()) {
                    return -1;
                }
            }
            int count = Math.min(length, frame.length - at);
            System.arraycopy(frame, at, into, offset, count);
            at += count;
            return count;
        }

        private boolean next() throws IOException {
            int opcode = in.readUnsignedByte() & 0xf;
            int length = in.readUnsignedByte() & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = Math.toIntExact(Math.min(LARGEST, in.readLong()));
            }
            var mask = new byte[4];
            in.readFully(mask);
            var payload = new byte[length];
            in.readFully(payload);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i % 4];
            }
            frame = opcode < 3 ? payload : new byte[0];
            at = 0;
            return opcode != 8;
        }
    }
}

package pvemcp.remote;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.pve.Tunnel;

/// What the display of a VM shows, looked at once by VNC (RFC 6143). Nothing is typed and no pointer moves.
///
/// @param rgb `0xRRGGBB`, row by row from the top
public record Screen(int width, int height, int[] rgb) {
    private static final int MOST_PIXELS = 8192 * 8192;
    private static final int RAW = 0;
    private static final int DESKTOP_SIZE = -223; // RFC 6143 section 7.8.2

    /// Takes the picture.
    ///
    /// @param password of the VNC session
    /// @throws IOException where the other side speaks something else, refuses, or breaks off
    public static Screen take(Tunnel tunnel, String password) throws IOException {
        return new Session(tunnel).run(password);
    }

    /// The same made small enough: each pixel the mean of those it stands for.
    ///
    /// @param widest in pixels
    public Screen fitting(int widest) {
        int step = (width + widest - 1) / widest;
        if (step < 2) {
            return this;
        }
        int w = width / step;
        int h = height / step;
        var small = new int[w * h];
        for (int i = 0; i < small.length; i++) {
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int j = 0; j < step * step; j++) {
                int pixel = rgb[(i / w * step + j / step) * width + (i % w) * step + (j % step)];
                red += pixel >> 16;
                green += (pixel >> 8) & 0xff;
                blue += pixel & 0xff;
            }
            int all = step * step;
            small[i] = ((red / all) << 16) | ((green / all) << 8) | (blue / all);
        }
        return new Screen(w, h, small);
    }

    private static final class Session {
        private final DataInputStream in;
        private final DataOutputStream out;
        private final Tunnel tunnel;
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private int width;
        private int height;
        private int[] rgb = {};

        Session(Tunnel tunnel) {
            this.tunnel = tunnel;
            this.in = new DataInputStream(tunnel.in());
            this.out = new DataOutputStream(pending);
        }

        private void send() throws IOException {
            out.flush();
            tunnel.out().write(pending.toByteArray());
            pending.reset();
        }

        Screen run(String password) throws IOException {
            greet();
            authenticate(password);
            out.writeByte(1); // Others may go on looking.
            send();
            resize(in.readUnsignedShort(), in.readUnsignedShort());
            in.readNBytes(16); // Their pixel format, for which ours is set.
            in.readNBytes(Math.min(in.readInt(), 4096)); // The desktop's name.
            out.write(
                    new byte[] {0, 0, 0, 0, 32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0
                    });
            out.write(new byte[] {2, 0, 0, 2});
            out.writeInt(RAW);
            out.writeInt(DESKTOP_SIZE);
            request();
            long missing = (long) width * height;
            while (missing > 0) {
                long drawn = message();
                missing = drawn < 0 ? (long) width * height : missing - drawn;
            }
            return new Screen(width, height, rgb);
        }

        private void greet() throws IOException {
            var version = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            if (!version.startsWith("RFB ")) {
                throw new IOException("what answers there does not speak VNC");
            }
            out.writeBytes("RFB 003.008\n");
            send();
        }

        /// RFC 6143 section 7.2: 1 asks for nothing, 2 for an answer to a challenge.
        private void authenticate(String password) throws IOException {
            var types = in.readNBytes(in.readUnsignedByte());
            boolean open = Arrays.equals(types, new byte[] {1});
            boolean known = open;
            for (byte type : types) {
                known |= type == 2;
            }
            if (!known) {
                throw new IOException("VNC asks for a login that is not known here");
            }
            out.writeByte(open ? 1 : 2);
            send();
            if (!open) {
                out.write(answer(in.readNBytes(16), password));
                send();
            }
            if (in.readInt() != 0) {
                throw new IOException("VNC refused the password of its ticket");
            }
        }

        /// DES with a key whose bits stand the other way round in each byte (RFC 6143 section 7.2.2).
        private static byte[] answer(byte[] challenge, String password) {
            var key = new byte[8];
            var letters = password.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < Math.min(8, letters.length); i++) {
                key[i] = (byte) (Integer.reverse(letters[i]) >>> 24);
            }
            try {
                var des = Cipher.getInstance("DES/ECB/NoPadding");
                des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
                return des.doFinal(challenge);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private void resize(int newWidth, int newHeight) throws IOException {
            if (newWidth < 1 || newHeight < 1 || (long) newWidth * newHeight > MOST_PIXELS) {
                throw new IOException("a screen of %d x %d is none".formatted(newWidth, newHeight));
            }
            width = newWidth;
            height = newHeight;
            rgb = new int[width * height];
        }

        /// All of it, whether it has changed or not.
        private void request() throws IOException {
            out.write(new byte[] {3, 0, 0, 0, 0, 0});
            out.writeShort(width);
            out.writeShort(height);
            send();
        }

        /// @return how many pixels it drew; negative: it has another size now, and is asked for anew
        private long message() throws IOException {
            switch (in.readUnsignedByte()) {
                case 0 -> {
                    in.readByte();
                    return rectangles(in.readUnsignedShort());
                }
                case 1 -> {
                    in.readNBytes(3);
                    in.readNBytes(in.readUnsignedShort() * 6);
                }
                case 2 -> {
                    // A bell rings.
                }
                case 3 -> {
                    in.readNBytes(3);
                    in.skipNBytes(Integer.toUnsignedLong(in.readInt()));
                }
                default -> throw new IOException("VNC sent what was not asked for");
            }
            return 0;
        }

        private long rectangles(int count) throws IOException {
            long drawn = 0;
            boolean resized = false;
            for (int i = 0; i < count; i++) {
                int x = in.readUnsignedShort();
                int y = in.readUnsignedShort();
                int w = in.readUnsignedShort();
                int h = in.readUnsignedShort();
                int encoding = in.readInt();
                if (encoding == DESKTOP_SIZE) {
                    resize(w, h);
                    resized = true;
                } else if (encoding == RAW) {
                    draw(x, y, w, h);
                    drawn += (long) w * h;
                } else {
                    throw new IOException("VNC sent a picture in a way that was not asked for");
                }
            }
            if (resized) {
                request();
            }
            return resized ? -1 : drawn;
        }

        private void draw(int x, int y, int w, int h) throws IOException {
            if (x + w > width || y + h > height) {
                throw new IOException("VNC drew beyond its screen");
            }
            for (int row = y; row < y + h; row++) {
                var line = in.readNBytes(w * 4);
                if (line.length < w * 4) {
                    throw new IOException("VNC broke off in the middle of a picture");
                }
                for (int i = 0; i < w; i++) {
                    // Little-endian, as the pixel format that was set says.
                    rgb[row * width + x + i] =
                            (line[i * 4] & 0xff) | (line[i * 4 + 1] & 0xff) << 8 | (line[i * 4 + 2] & 0xff) << 16;
                }
            }
        }
    }
}

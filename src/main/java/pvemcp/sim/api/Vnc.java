package pvemcp.sim.api;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.sim.world.ToyScreen;

/// The VNC server of a VM (RFC 6143): one picture, that of the moment it was connected to.
record Vnc(String password, ToyScreen screen) implements Talk {
    @Override
    public void run(InputStream from, OutputStream to) throws IOException {
        var in = new DataInputStream(from);
        to.write("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
        in.readFully(new byte[12]);
        to.write(new byte[] {1, 2});
        in.readByte();
        var challenge = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        to.write(challenge);
        var answer = new byte[16];
        in.readFully(answer);
        boolean good = Arrays.equals(answer, expected(challenge));
        to.write(new byte[] {0, 0, 0, (byte) (good ? 0 : 1)});
        if (!good) {
            return;
        }
        in.readByte();
        to.write(greeting());
        for (int type = in.read(); type >= 0; type = in.read()) {
            switch (type) {
                case 0 -> in.readFully(new byte[19]);
                case 2 -> {
                    in.readByte();
                    in.readFully(new byte[in.readUnsignedShort() * 4]);
                }
                case 3 -> {
                    in.readFully(new byte[9]);
                    to.write(picture());
                }
                default -> throw new IOException("not simulated");
            }
        }
    }

    private byte[] expected(byte[] challenge) {
        var key = new byte[8];
        for (int i = 0; i < Math.min(8, password.length()); i++) {
            key[i] = (byte) (Integer.reverse(password.charAt(i)) >>> 24);
        }
        try {
            var des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
            return des.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] greeting() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeShort(screen.width());
        out.writeShort(screen.height());
        out.write(new byte[] {32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0});
        var name = screen.title().getBytes(StandardCharsets.UTF_8);
        out.writeInt(name.length);
        out.write(name);
        return bytes.toByteArray();
    }

    /// All of it in one rectangle, uncompressed.
    private byte[] picture() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(new byte[] {0, 0, 0, 1, 0, 0, 0, 0});
        out.writeShort(screen.width());
        out.writeShort(screen.height());
        out.writeInt(0);
        for (int pixel : screen.rgb()) {
            out.writeInt(Integer.reverseBytes(pixel));
        }
        return bytes.toByteArray();
    }
}

package pvemcp.view;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/// Pixels as a PNG file (RFC 2083), without the JDK's desktop classes.
public final class Png {
    private Png() {}

    /// @param rgb `0xRRGGBB`, row by row
    public static byte[] of(int width, int height, int[] rgb) {
        try {
            var file = new ByteArrayOutputStream();
            file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
            var header = new ByteArrayOutputStream();
            var out = new DataOutputStream(header);
            out.writeInt(width);
            out.writeInt(height);
            out.write(new byte[] {8, 2, 0, 0, 0}); // Eight bits of red, green and blue.
            chunk(file, "IHDR", header.toByteArray());
            var packed = new ByteArrayOutputStream();
            try (var deflater = new DeflaterOutputStream(packed)) {
                for (int y = 0; y < height; y++) {
                    deflater.write(row(rgb, y * width, width));
                }
            }
            chunk(file, "IDAT", packed.toByteArray());
            chunk(file, "IEND", new byte[0]);
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] row(int[] rgb, int from, int width) {
        var row = new byte[1 + width * 3]; // The first byte says that nothing is filtered.
        for (int x = 0; x < width; x++) {
            int pixel = rgb[from + x];
            row[1 + x * 3] = (byte) (pixel >> 16);
            row[2 + x * 3] = (byte) (pixel >> 8);
            row[3 + x * 3] = (byte) pixel;
        }
        return row;
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] data) throws IOException {
        var out = new DataOutputStream(file);
        var name = type.getBytes(StandardCharsets.US_ASCII);
        var check = new CRC32();
        check.update(name);
        check.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) check.getValue());
    }
}

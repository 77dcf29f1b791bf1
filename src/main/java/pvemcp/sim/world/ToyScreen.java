package pvemcp.sim.world;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What a VM's display shows: a text console with a login, or what its firmware says while it starts.
///
/// @param rgb `0xRRGGBB`, row by row
public record ToyScreen(String title, int width, int height, int[] rgb) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LINE = 20;
    private static final int GREY = 0xAAAAAA;
    private static final String LETTERS = "0123456789:./-_()ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    /// Five columns of seven dots for each of these, in hex, the lowest bit on top.
    private static final String DOTS =
            "3E5149453E00427F400042615149462141454B311814127F1027454545393C4A4949300171090503"
                    + "3649494936064949291E00363600000060600000201008040208080808084040404040001C224100"
                    + "0041221C007E1111117E7F494949363E414141227F4141221C7F494949417F090909013E4149497A"
                    + "7F0808087F00417F41002040413F017F081422417F404040407F020C027F7F0408107F3E4141413E"
                    + "7F090909063E4151215E7F09192946464949493101017F01013F4040403F1F2040201F3F4038403F"
                    + "631408146307087008076151494543";

    public static ToyScreen of(Vm vm, Instant now) {
        var lines = vm.isUp(now)
                ? List.of("DEBIAN GNU/LINUX 13 " + vm.name() + " TTY1", "", vm.name() + " LOGIN: _")
                : List.of("SEABIOS", "", "BOOTING FROM HARD DISK...");
        var rgb = new int[WIDTH * HEIGHT];
        for (int i = 0; i < lines.size(); i++) {
            write(rgb, 10 + i * LINE, lines.get(i).toUpperCase(Locale.ROOT));
        }
        return new ToyScreen("QEMU (%s)".formatted(vm.name()), WIDTH, HEIGHT, rgb);
    }

    /// Characters the font lacks stay blank.
    private static void write(int[] rgb, int top, String line) {
        for (int i = 0; i < line.length() && i < WIDTH / 12; i++) {
            int letter = LETTERS.indexOf(line.charAt(i));
            for (int column = 0; letter >= 0 && column < 5; column++) {
                int from = (letter * 5 + column) * 2;
                int dots = Integer.parseInt(DOTS.substring(from, from + 2), 16);
                for (int row = 0; row < 7; row++) {
                    if ((dots >> row & 1) == 1) {
                        dot(rgb, 8 + i * 12 + column * 2, top + row * 2);
                    }
                }
            }
        }
    }

    /// Two by two pixels.
    private static void dot(int[] rgb, int x, int y) {
        for (int row = y; row < y + 2; row++) {
            Arrays.fill(rgb, row * WIDTH + x, row * WIDTH + x + 2, GREY);
        }
    }
}

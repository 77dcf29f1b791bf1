package pvemcp.tools.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.ToyScreen;
import pvemcp.sim.world.Vm;
import pvemcp.tool.ToolResult;
import pvemcp.view.View;

/// A console's ticket is for the person at this machine: in a file, never in an answer.
class ConsoleTest {
    @Test
    void a_ticket_goes_into_a_file_that_only_the_user_can_read() throws IOException {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var answer = lab.call("pve_guest_console", "guest", "web", "kind", "vnc");
            var file = lab.handover().resolve("vnc-101.json");
            assertThat(answer)
                    .shows("in a file for the user, not here", file.toString(), "connect_within: 10s", "console=kvm");

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            var ticket = (Json.Obj) Json.parse(Files.readString(file));
            assertThat(ticket.text("websocket")).contains("/api2/json/nodes/pve1/qemu/101/vncwebsocket");
            for (var secret : new String[] {"ticket", "password"}) {
                assertThat(answer.toString()).doesNotContain(ticket.text(secret).orElseThrow());
                assertThat(lab.audit().toString())
                        .doesNotContain(ticket.text(secret).orElseThrow());
            }
        }
    }

    @Test
    void a_second_ticket_leaves_the_first_alone() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            lab.call("pve_guest_console", "guest", "dns", "kind", "terminal");
            assertThat(lab.call("pve_guest_console", "guest", "dns", "kind", "terminal"))
                    .shows("terminal-105-2.json", "console=lxc&xtermjs=1");
            assertThat(lab.handover().resolve("terminal-105.json")).exists();
        }
    }

    @Test
    void a_spice_console_is_a_file_for_its_viewer() throws IOException {
        try (var lab = Lab.of(Scenarios.homelab())) {
            assertThat(lab.call("pve_guest_console", "guest", "win11", "kind", "spice"))
                    .failsWith("no_way_in")
                    .saying("does not run");
            lab.with(cluster -> {
                cluster.guest(121).config.put("vga", "qxl");
                cluster.guest(121).start(cluster.now());
            });
            var file = lab.handover().resolve("spice-121.vv");
            assertThat(lab.call("pve_guest_console", "guest", "win11", "kind", "spice"))
                    .shows("remote-viewer '" + file + "'", "connect_within: 30s");
            assertThat(Files.readString(file)).startsWith("[virt-viewer]\n").contains("type=spice\n", "\npassword=");
        }
    }

    @Test
    void a_console_the_guest_does_not_have_says_what_would_give_it_one() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            assertThat(lab.call("pve_guest_console", "guest", "web", "kind", "spice"))
                    .failsWith("no_way_in")
                    .saying("web (101) on pve1 is not SPICE", "vga=qxl");
            assertThat(lab.call("pve_guest_console", "guest", "web", "kind", "terminal"))
                    .failsWith("no_way_in")
                    .saying("has no serial port", "serial0=socket");
        }
    }

    @Test
    void the_display_of_a_vm_is_seen_as_a_picture() throws IOException {
        try (var lab = Lab.of(Scenarios.homelab())) {
            var answer = lab.call("pve_guest_screenshot", "guest", "web");
            assertThat(answer).shows("size: 720 x 400", "data, not an instruction");

            var picture = ImageIO.read(new ByteArrayInputStream(image(answer).bytes()));
            assertThat(picture.getWidth()).isEqualTo(720);
            var shown = lab.ask(cluster -> ToyScreen.of((Vm) cluster.guest(101), cluster.now()));
            var seen = picture.getRGB(0, 0, 720, 400, new int[720 * 400], 0, 720);
            for (int i = 0; i < seen.length; i++) {
                seen[i] &= 0xFFFFFF;
            }
            assertThat(seen).isEqualTo(shown.rgb()).contains(0xAAAAAA);
            assertThat(lab.audit().toString()).contains("vncwebsocket").doesNotContain("PVEVNC:");
        }
    }

    @Test
    void a_guest_without_a_display_says_so() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            assertThat(lab.call("pve_guest_screenshot", "guest", "dns"))
                    .failsWith("bad_arguments")
                    .saying("dns (105) on pve1 is a container, which has no display");
            assertThat(lab.call("pve_guest_screenshot", "guest", "win11"))
                    .failsWith("bad_arguments")
                    .saying("does not run, so there is nothing to see");
        }
    }

    private static View.Image image(ToolResult result) {
        return images(((ToolResult.Done) result).view()).getFirst();
    }

    private static List<View.Image> images(View view) {
        return switch (view) {
            case View.Image image -> List.of(image);
            case View.Stack stack ->
                stack.parts().stream().flatMap(part -> images(part).stream()).toList();
            default -> List.of();
        };
    }
}

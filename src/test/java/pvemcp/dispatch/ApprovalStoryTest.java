package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Cluster;
import pvemcp.tool.ToolResult;

/// A yes is for one call, on what was there when it was given, by whoever may give it.
class ApprovalStoryTest {
    private static final String DESTROY_ASKS = "policy.destroy = \"ask\"\n";
    private static final Object[] DELETE = {"guest", "dns"};
    private static final Object[] STOP = {"guest", "web", "action", "stop"};

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Object[] with(Object[] arguments, Object... more) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray();
    }

    private static boolean runs(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guest(vmid).isRunning());
    }

    private static boolean exists(Lab lab, int vmid) {
        return lab.ask(cluster -> cluster.guests.containsKey(vmid));
    }

    // ---- what has changed since ----

    record Change(String what, Consumer<Cluster> change, String told) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Change> changes() {
        return List.of(
                new Change(
                        "configuration",
                        web("memory", "4096"),
                        "the configuration of VM 101 'web' on pve1 was changed"),
                new Change("lock", web("lock", "backup"), "is locked by now (backup)"),
                new Change("status", cluster -> cluster.guest(101).stop(), "status of VM 101"),
                new Change("MAC", web("net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0"), "changed"),
                new Change("UUID", web("smbios1", "uuid=11111111-2222-3333-4444-555555555555"), "another guest by now"),
                new Change("time of creation", web("meta", "creation-qemu=10.1.2,ctime=1700000999"), "another guest"),
                new Change(
                        "kind",
                        cluster -> {
                            cluster.guests.remove(101);
                            Scenes.container(cluster, 101, "pve1", "web");
                        },
                        "another guest by now"));
    }

    private static Consumer<Cluster> web(String option, String value) {
        return cluster -> cluster.guest(101).config.put(option, value);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void what_has_changed_since_the_yes_is_refused_with_the_difference(Change change) {
        try (var lab = Lab.of(Scenes.small()).owner("").with(cluster -> {
            web("smbios1", "uuid=00000000-2222-3333-4444-555555555555").accept(cluster);
            web("meta", "creation-qemu=10.1.2,ctime=1700000000").accept(cluster);
            web("net0", "virtio=BC:24:11:00:00:00,bridge=vmbr0").accept(cluster);
        })) {
            var held = lab.call("pve_guest_power", STOP);
            lab.with(change.change()).advance(Duration.ofSeconds(15));
            that(lab.call("pve_guest_power", with(STOP, "confirm", Lab.yes(held))))
                    .failsWith("conflict")
                    .saying(change.told());
            assertThat(lab.audit().getLast().has("sent")).isFalse();
            that(lab.call("pve_guest_power", with(STOP, "confirm", Lab.yes(held))))
                    .failsWith("ticket_refused");
        }
    }

    @Test
    void a_lock_that_is_gone_is_a_difference_too() {
        try (var lab = Lab.of(Scenes.small()).owner("").with(web("lock", "backup"))) {
            Object[] notes = {"guest", "web", "text", "hello"};
            var held = lab.call("pve_guest_notes", notes);
            lab.with(cluster -> cluster.guest(101).config.remove("lock")).advance(Duration.ofSeconds(15));
            that(lab.call("pve_guest_notes", with(notes, "confirm", Lab.yes(held))))
                    .failsWith("conflict")
                    .saying("is no longer locked (backup)");
        }
    }

    @Test
    void more_guests_than_were_agreed_to_are_a_difference() {
        try (var lab = Lab.of(Scenes.small()).owner("")) {
            Object[] all = {"method", "post", "path", "/nodes/pve1/stopall"};
            var held = lab.call("pve_api_write", all);
            lab.with(cluster -> Scenes.vm(cluster, 140, "pve1", "late")).advance(Duration.ofSeconds(15));
            that(lab.call("pve_api_write", with(all, "confirm", Lab.yes(held))))
                    .failsWith("conflict")
                    .saying("140", "would be touched too");
        }
    }

    // ---- no is no ----

    @Test
    void a_declined_call_stays_declined() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner("").asking()) {
            var held = lab.call("pve_guest_power", STOP);
            lab.dispatcher().declined(((ToolResult.Held) held).ticket().text());
            that(lab.approved(held, "pve_guest_power", STOP))
                    .failsWith("ticket_refused")
                    .saying("did not agree");
            assertThat(runs(lab, 101)).isTrue();
            assertThat(Files.readString(lab.state().resolve("audit.jsonl"))).contains("\"event\":\"declined\"");
        }
    }

    // ---- the name is typed ----

    @Test
    void destroying_wants_the_name_of_the_guest() {
        try (var lab = Lab.of(Scenes.small()).owner(DESTROY_ASKS)) {
            var held = (ToolResult.Held) lab.call("pve_guest_delete", DELETE);
            assertThat(held.typed()).isEqualTo("dns");
            assertThat(held.again().sentence())
                    .contains("type 'dns'", held.ticket().text());
            for (var wrong : List.of("", " web", " 102", " DNS", " dns2")) {
                that(lab.call(
                                "pve_guest_delete",
                                with(DELETE, "confirm", held.ticket().text() + wrong)))
                        .isRefusedBy("user")
                        .saying("'dns' was to be typed");
            }
            assertThat(exists(lab, 102)).isTrue();
            that(lab.call(
                            "pve_guest_delete",
                            with(DELETE, "confirm", held.ticket().text() + " dns")))
                    .isDone();
            assertThat(exists(lab, 102)).isFalse();
        }
    }

    @Test
    void the_generic_tool_wants_the_name_as_well() {
        try (var lab = Lab.of(Scenes.small()).owner(DESTROY_ASKS)) {
            Object[] delete = {"method", "delete", "path", "/nodes/pve1/lxc/102"};
            var held = (ToolResult.Held) lab.call("pve_api_write", delete);
            assertThat(held.typed()).isEqualTo("dns");
            that(lab.call("pve_api_write", with(delete, "confirm", held.ticket().text())))
                    .isRefusedBy("user");
            assertThat(exists(lab, 102)).isTrue();
        }
    }

    @Test
    void what_destroys_nothing_wants_no_name_and_takes_none() {
        try (var lab = Lab.of(Scenes.small()).owner("")) {
            var held = (ToolResult.Held) lab.call("pve_guest_power", STOP);
            assertThat(held.typed()).isEmpty();
            that(lab.call("pve_guest_power", with(STOP, "confirm", held.ticket().text() + " web")))
                    .isRefusedBy("user");
            that(lab.call("pve_guest_power", with(STOP, "confirm", held.ticket().text())))
                    .isDone();
        }
    }

    // ---- as other servers have it ----

    @Test
    void confirm_and_destructive_are_a_yes_where_the_owner_has_them_so() {
        try (var lab = Lab.of(Scenes.small()).owner(DESTROY_ASKS + "policy.without_elicitation = \"confirm\"\n")) {
            var held = (ToolResult.Held) lab.call("pve_guest_power", STOP);
            assertThat(held.again().sentence()).contains("confirm=true").doesNotContain("destructive");
            that(lab.call("pve_guest_power", with(STOP, "confirm", true))).isDone();
            assertThat(runs(lab, 101)).isFalse();

            that(lab.call("pve_guest_delete", with(DELETE, "confirm", true))).isHeld();
            that(lab.call("pve_guest_delete", with(DELETE, "destructive", true)))
                    .isHeld();
            assertThat(exists(lab, 102)).isTrue();
            that(lab.call("pve_guest_delete", with(DELETE, "confirm", "true", "destructive", true)))
                    .isDone();
            assertThat(lab.audit().getLast().object("call").orElseThrow().text("agreed_by"))
                    .contains("confirm=true");
        }
    }

    @Test
    void they_are_no_yes_by_themselves() {
        try (var lab = Lab.of(Scenes.small()).owner(DESTROY_ASKS)) {
            that(lab.call("pve_guest_power", with(STOP, "confirm", true))).isHeld();
            that(lab.call("pve_guest_delete", with(DELETE, "confirm", true, "destructive", true)))
                    .isHeld();
            that(lab.asking().call("pve_guest_power", with(STOP, "confirm", true)))
                    .isHeld();
            lab.owner("policy.without_elicitation = \"confirm\"\n");
            that(lab.call("pve_guest_power", with(STOP, "confirm", true))).isHeld(); // this client can ask
            that(lab.call("pve_guest_delete", with(DELETE, "confirm", true, "destructive", true)))
                    .isRefusedBy("policy.destroy");
            assertThat(runs(lab, 101)).isTrue();
        }
    }

    // ---- a person at a terminal ----

    private static final String PERSON = DESTROY_ASKS + "policy.without_elicitation = \"approve\"\n";

    private static HeldCalls terminal(Lab lab) {
        var now = lab.ask(cluster -> cluster.now());
        return new HeldCalls(lab.state(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static String id(ToolResult held) {
        return ((ToolResult.Held) held).ticket().text();
    }

    @Test
    void a_call_waits_for_a_person_at_a_terminal() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            var held = lab.call("pve_guest_power", STOP);
            assertThat(((ToolResult.Held) held).again().sentence()).contains("pve-mcp approve " + id(held));
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held)))).failsWith("not_approved");

            var waiting = terminal(lab).find(id(held)).orElseThrow();
            assertThat(waiting.preview().requests()).containsExactly("POST /nodes/pve1/qemu/101/status/stop");
            assertThat(waiting.principal()).isEqualTo("test");
            assertThat(terminal(lab).waiting()).containsExactly(waiting);
            assertThat(terminal(lab).answer(waiting, true, "anna")).isTrue();
            assertThat(terminal(lab).answer(waiting, false, "anna")).isFalse();

            that(lab.as("somebody").call("pve_guest_power", with(STOP, "confirm", id(held))))
                    .failsWith("ticket_refused");
            that(lab.as("test").call("pve_guest_power", "guest", "db", "action", "stop", "confirm", id(held)))
                    .failsWith("ticket_refused");
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held)))).isDone();
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held)))).failsWith("ticket_refused");
            assertThat(runs(lab, 101)).isFalse();
        }
    }

    @Test
    void a_persons_no_is_final_and_a_late_yes_is_none() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            var held = lab.call("pve_guest_power", STOP);
            terminal(lab).answer(terminal(lab).find(id(held)).orElseThrow(), false, "anna");
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held))))
                    .failsWith("ticket_refused")
                    .saying("did not agree");

            var late = lab.call("pve_guest_power", STOP);
            terminal(lab).answer(terminal(lab).find(id(late)).orElseThrow(), true, "anna");
            lab.advance(Duration.ofMinutes(16));
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(late))))
                    .failsWith("ticket_refused")
                    .saying("expired");
            assertThat(terminal(lab).waiting()).isEmpty();
            assertThat(runs(lab, 101)).isTrue();
        }
    }

    @Test
    void what_has_changed_before_the_client_came_back_is_refused_too() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            var held = lab.call("pve_guest_power", STOP);
            terminal(lab).answer(terminal(lab).find(id(held)).orElseThrow(), true, "anna");
            lab.with(web("cores", "8"));
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held)))).failsWith("conflict");
            assertThat(runs(lab, 101)).isTrue();
        }
    }

    @Test
    void nobody_makes_a_yes_by_hand() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            var held = lab.call("pve_guest_power", STOP);
            var folder = lab.state().resolve("held");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
            try (var files = Files.list(folder)) {
                for (var file : files.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------");
                }
            }
            Path answer = folder.resolve(id(held) + ".answer");
            Files.writeString(answer, "{\"id\":\"%s\",\"yes\":true,\"by\":\"me\"}".formatted(id(held)));
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held)))).failsWith("not_approved");
            Files.delete(answer);

            // A yes to one call is none to another.
            var other = lab.call("pve_guest_power", "guest", "db", "action", "stop");
            terminal(lab).answer(terminal(lab).find(id(other)).orElseThrow(), true, "anna");
            Files.copy(folder.resolve(id(other) + ".answer"), answer);
            that(lab.call("pve_guest_power", with(STOP, "confirm", id(held)))).failsWith("not_approved");
            assertThat(runs(lab, 101)).isTrue();
        }
    }

    @Test
    void a_state_directory_that_is_open_to_others_is_not_used() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            var folder = Files.createDirectory(lab.state().resolve("held"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            var refused = lab.call("pve_guest_power", STOP);
            that(refused).failsWith("state_unavailable").saying("is open to others");
            assertThat(runs(lab, 101)).isTrue();
        }
    }

    @Test
    void secrets_in_arguments_are_not_put_down() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            that(lab.call(
                            "pve_api_write",
                            "method",
                            "post",
                            "path",
                            "/access/users",
                            "params",
                            Json.obj("userid", "a@pve", "password", "hunter2-hunter2")))
                    .isHeld();
            try (var files = Files.list(lab.state().resolve("held"))) {
                for (var file :
                        files.filter(path -> path.toString().endsWith(".call")).toList()) {
                    assertThat(Files.readString(file)).contains("/access/users").doesNotContain("hunter2");
                }
            }
        }
    }

    @Test
    void a_person_types_the_name_too() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner(PERSON)) {
            var held = lab.call("pve_guest_delete", DELETE);
            assertThat(terminal(lab).find(id(held)).orElseThrow().typed()).isEqualTo("dns");
            assertThat(Instant.parse("2026-11-21T12:15:00Z"))
                    .isEqualTo(terminal(lab).find(id(held)).orElseThrow().expires());
        }
    }
}

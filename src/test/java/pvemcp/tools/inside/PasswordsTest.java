package pvemcp.tools.inside;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.sim.scenario.Scenarios;

/// Passwords of guests come from the owner's files: a call names them and never contains them.
class PasswordsTest {
    private static final String SECRET = "correct horse: battery";

    private static Lab lab() {
        return Lab.of(Scenarios.homelab()).knowingSecret("web-root", SECRET);
    }

    private static void assertUnseen(Lab lab, Object answer) {
        assertThat(answer.toString()).doesNotContain(SECRET);
        assertThat(lab.audit().toString()).doesNotContain(SECRET);
    }

    @Test
    void the_agent_sets_a_password_that_no_answer_and_no_record_shows() {
        try (var lab = lab()) {
            var answer = lab.call("pve_guest_password", "guest", "web", "password", "secret:web-root");
            assertThat(answer).shows("outcome: set", "user: root");
            assertThat(lab.<String>ask(
                            cluster -> cluster.guest(101).inside().passwords.get("root")))
                    .isEqualTo(SECRET);
            assertUnseen(lab, answer);
        }
    }

    @Test
    void a_container_gets_its_password_over_ssh_on_standard_input() {
        try (var lab = lab().enteringOverSsh()) {
            var answer =
                    lab.call("pve_guest_password", "guest", "dns", "user", "debian", "password", "secret:web-root");
            assertThat(answer).shows("outcome: set", "user: debian");
            assertThat(lab.<String>ask(
                            cluster -> cluster.guest(105).inside().passwords.get("debian")))
                    .isEqualTo(SECRET);
            assertUnseen(lab, answer);
        }
    }

    @Test
    void what_would_be_sent_is_shown_without_the_password() {
        try (var lab = lab().policy(_ -> Policy.DEFAULT)) {
            var held = lab.call("pve_guest_password", "guest", "web", "password", "secret:web-root");
            assertThat(held)
                    .wouldSend("POST /nodes/pve1/qemu/101/agent/set-user-password"
                            + " {\"username\":\"root\",\"password\":\"•••\"}");
            assertUnseen(lab, held);
        }
    }

    @Test
    void a_user_the_guest_does_not_have_is_told_in_its_words() {
        try (var lab = lab()) {
            assertThat(lab.call("pve_guest_password", "guest", "web", "user", "nobody1", "password", "secret:web-root"))
                    .failsWith("in_guest")
                    .saying("failed to set user password");
        }
    }

    @Test
    void a_password_itself_is_not_taken() {
        try (var lab = lab()) {
            assertThat(lab.call("pve_guest_password", "guest", "web", "password", "hunter2"))
                    .failsWith("bad_arguments")
                    .saying("would be written down in this conversation", "secret:FILE");
        }
    }

    @Test
    void a_file_outside_of_the_directory_is_not_a_secret() {
        try (var lab = lab()) {
            assertThat(lab.call("pve_guest_password", "guest", "web", "password", "secret:../audit.jsonl"))
                    .failsWith("bad_arguments")
                    .saying("is not the name of a file");
            assertThat(lab.call("pve_guest_password", "guest", "web", "password", "secret:other"))
                    .failsWith("bad_arguments")
                    .saying("there is no file 'other'");
        }
    }

    @Test
    void without_a_directory_calls_set_no_passwords() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            assertThat(lab.call("pve_guest_password", "guest", "web", "password", "secret:web-root"))
                    .isRefusedBy("secrets.directory");
        }
    }

    @Test
    void cloud_init_takes_the_password_by_name_and_the_diff_hides_it() {
        try (var lab = lab()) {
            var answer = lab.call("pve_guest_cloudinit", "guest", "git", "user", "me", "password", "secret:web-root");
            assertThat(answer).shows("cipassword");
            assertThat(lab.<String>ask(cluster -> cluster.guest(103).effective().getOrDefault("cipassword", "")))
                    .isNotEmpty();
            assertUnseen(lab, answer);
        }
    }

    @Test
    void a_first_password_is_not_shown_as_if_it_replaced_another() {
        try (var lab = lab()) {
            var call = Json.obj("guest", "git", "password", "secret:web-root");
            assertThat(lab.call("pve_guest_cloudinit", call.with("dry_run", Json.bool(true))))
                    .shows("cipassword: (none) -> •••");
            assertThat(lab.call("pve_guest_cloudinit", call)).shows("cipassword||•••|");
            assertThat(lab.call("pve_guest_cloudinit", call.with("dry_run", Json.bool(true))))
                    .showsNot("cipassword: (none)");
        }
    }

    @Test
    void a_new_container_gets_its_root_password_by_name() {
        try (var lab = lab()) {
            var answer = lab.call(
                    "pve_ct_create",
                    Json.obj("name", "box", "template", "local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst")
                            .with("vmid", 300)
                            .with("options", Json.obj("password", "secret:web-root")));
            assertThat(answer).shows("guest: box (300)");
            assertThat(lab.<String>ask(
                            cluster -> cluster.guest(300).inside().passwords.get("root")))
                    .isEqualTo(SECRET);
            assertUnseen(lab, answer);
        }
    }

    @Test
    void a_provisioned_vm_shows_the_name_of_its_password_in_the_plan() {
        try (var lab = lab()) {
            var options = Json.obj("cipassword", "secret:web-root");
            var call = Json.obj("template", "900", "name", "api", "vmid", 300, "start", false)
                    .with("options", options);
            assertThat(lab.call("pve_guest_provision", call.with("dry_run", Json.bool(true))))
                    .shows("secret:web-root");
            var answer = lab.call("pve_guest_provision", call);
            assertThat(answer).shows("outcome: made");
            assertThat(lab.<Boolean>ask(cluster -> cluster.guest(300).config.containsKey("cipassword")))
                    .isTrue();
            assertUnseen(lab, answer);
        }
    }
}

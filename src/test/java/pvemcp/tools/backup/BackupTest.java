package pvemcp.tools.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.Credentials;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.User;
import pvemcp.tool.ToolResult;

/// Backups as somebody would make them, look for them and need them.
class BackupTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab homelab() {
        return Lab.of(Scenarios.homelab());
    }

    /// A backup of this guest, made now on the storage `backup`.
    private static String backUp(Lab lab, String guest) {
        var done = lab.call("pve_backup_run", "guests", guest, "storage", "backup");
        that(done).shows("outcome: done");
        return newest(lab, guest, "backup");
    }

    private static String newest(Lab lab, String guest, String storage) {
        var rows = ((Json.Obj) that(lab.call("pve_backup_list", "guest", guest, "storage", storage))
                        .data())
                .array("rows")
                .orElseThrow();
        return ((Json.Obj) rows.get(0)).text("archive").orElseThrow();
    }

    private static boolean exists(Lab lab, String archive) {
        var name = archive.substring(archive.indexOf(':') + 1);
        var storage = archive.substring(0, archive.indexOf(':'));
        return lab.ask(cluster -> cluster.storage(storage).volumes("pve1").containsKey(name));
    }

    @Test
    void a_backup_is_made_and_found_again() {
        try (var lab = homelab()) {
            that(lab.call(
                            "pve_backup_run",
                            "guests",
                            "web",
                            "storage",
                            "backup",
                            "notes",
                            "before\nupgrade",
                            "protect",
                            true))
                    .shows("outcome: done", "web (101)|done|", "vzdump-qemu-101-2026_11_21");
            that(lab.call("pve_backup_list", "guest", "web", "storage", "backup", "limit", 1, "detail", "full"))
                    .shows("vzdump-qemu-101-2026_11_21", "before upgrade", "yes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nas", "pbs"})
    void what_a_backup_became_is_named_as_other_calls_take_it(String storage) {
        try (var lab = Lab.of(Scenes.household())) {
            var done = that(lab.call("pve_backup_run", "guests", "dns", "storage", storage))
                    .isDone()
                    .text();
            var archive = newest(lab, "dns", storage);
            assertThat(done).contains("dns (105)|done|" + archive + "|");
            that(lab.call("pve_backup_config", "archive", archive)).isDone();
        }
    }

    @Test
    void a_backup_of_several_says_which_one_failed() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(103).config.put("lock", "migrate"));
            that(lab.call("pve_backup_run", "guests", List.of("web", "git", "dns"), "storage", "backup"))
                    .shows("outcome: 1 of 3 failed", "git (103)|failed|VM is locked (migrate)", "dns (105)|done|");
        }
    }

    @Test
    void a_backup_of_one_that_fails_is_a_failure() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(103).config.put("lock", "migrate"));
            that(lab.call("pve_backup_run", "guests", "git", "storage", "backup"))
                    .failsWith("task_failed")
                    .saying("job errors", "VM is locked (migrate)");
        }
    }

    @Test
    void where_several_storages_take_backups_one_has_to_be_named() {
        try (var lab = homelab()) {
            that(lab.call("pve_backup_run", "guests", "web"))
                    .failsWith("bad_arguments")
                    .saying("say which of backup, local, nas");
            that(lab.call("pve_backup_run", "guests", "web", "storage", "local-lvm"))
                    .failsWith("bad_arguments")
                    .saying("'local-lvm' takes no backups on pve1; there is backup, local, nas");
            that(lab.call("pve_backup_run", "guests", List.of())).failsWith("bad_arguments");
        }
    }

    @Test
    void a_long_backup_is_handed_back() {
        try (var lab = homelab()) {
            that(lab.call("pve_backup_run", "guests", "db", "storage", "backup", "timeout", "2s"))
                    .shows("outcome: still running", "db (102)|still running", "next: pve_task_wait task=UPID:pve1:");
        }
    }

    @Test
    void restoring_over_a_guest_is_a_choice_and_destroys_it() {
        try (var lab = homelab()) {
            var archive = backUp(lab, "wiki-old");
            lab.with(cluster -> cluster.guest(130).config.put("memory", "4096"));
            that(lab.call("pve_backup_restore", "archive", archive))
                    .failsWith("bad_arguments")
                    .saying("wiki-old (130) on pve1 has this id", "overwrite=true destroys it");
            that(lab.call("pve_backup_restore", "archive", archive, "overwrite", true, "dry_run", true))
                    .shows(
                            "POST /nodes/pve1/lxc",
                            "\"restore\":1",
                            "\"force\":1",
                            "wiki-old (130) on pve1 is destroyed");
            that(lab.call("pve_backup_restore", "archive", archive, "overwrite", true))
                    .shows("outcome: done");
            assertThat(lab.<String>ask(cluster -> cluster.guest(130).config.get("memory")))
                    .isEqualTo("1024");
        }
    }

    @Test
    void restoring_to_a_free_id_makes_another_guest() {
        try (var lab = homelab()) {
            var archive = backUp(lab, "web");
            that(lab.call(
                            "pve_backup_restore",
                            "archive",
                            archive,
                            "vmid",
                            201,
                            "unique",
                            true,
                            "storage",
                            "local-lvm"))
                    .shows("outcome: done");
            assertThat(lab.<String>ask(cluster -> cluster.guest(201).config.get("name")))
                    .isEqualTo("web");
            assertThat(lab.<String>ask(cluster -> cluster.guest(201).config.get("net0")))
                    .isNotEqualTo(
                            lab.<String>ask(cluster -> cluster.guest(101).config.get("net0")));
        }
    }

    @Test
    void only_an_overwriting_restore_is_held_back_as_destructive() {
        try (var lab = homelab()) {
            var archive = backUp(lab, "web");
            lab.policy(_ -> Policy.DEFAULT);
            that(lab.call("pve_backup_restore", "archive", archive, "overwrite", true))
                    .isRefusedBy("policy.destroy");
            that(lab.call("pve_backup_restore", "archive", archive, "vmid", 201))
                    .isHeld();
            that(lab.call("pve_backup_prune", "storage", "backup", "keep", "keep-last=1"))
                    .shows("outcome: shown only");
            that(lab.call("pve_backup_prune", "storage", "backup", "keep", "keep-last=1", "apply", true))
                    .isRefusedBy("policy.destroy");
        }
    }

    @Test
    void backups_of_protected_guests_are_protected_too() {
        try (var lab = homelab()) {
            var archive = backUp(lab, "web");
            lab.protecting("tag:prod");
            that(lab.call("pve_backup_delete", "archive", archive)).isRefusedBy("policy.protect.tags");
            that(lab.call("pve_backup_restore", "archive", archive, "overwrite", true))
                    .isRefusedBy("policy.protect.tags");
        }
    }

    @Test
    void a_protected_backup_is_deleted_only_after_that_is_lifted() {
        try (var lab = homelab()) {
            var archive = backUp(lab, "ci-runner");
            that(lab.call("pve_backup_protect", "archive", archive, "protect", true))
                    .isDone();
            that(lab.call("pve_backup_delete", "archive", archive))
                    .failsWith("locked")
                    .saying("pve_backup_protect protect=false");
            that(lab.call("pve_backup_protect", "archive", archive, "protect", false, "notes", "old"))
                    .isDone();
            that(lab.call("pve_backup_delete", "archive", archive)).shows("outcome: done");
            assertThat(exists(lab, archive)).isFalse();
            that(lab.call("pve_backup_delete", "archive", archive)).failsWith("not_found");
        }
    }

    @Test
    void pruning_shows_first_and_then_removes_what_it_showed() {
        try (var lab = homelab()) {
            var first = backUp(lab, "ci-runner");
            lab.advance(Duration.ofHours(1));
            var second = backUp(lab, "ci-runner");
            that(lab.call("pve_backup_prune", "storage", "backup", "vmid", 112, "keep", "keep-last=1"))
                    .shows("outcome: shown only; apply=true removes them", first + "|remove", second + "|keep");
            assertThat(exists(lab, first)).isTrue();
            that(lab.call("pve_backup_prune", "storage", "backup", "vmid", 112, "keep", "keep-last=1", "apply", true))
                    .shows("outcome: pruning done");
            assertThat(exists(lab, first)).isFalse();
            assertThat(exists(lab, second)).isTrue();
        }
    }

    @Test
    void a_configuration_is_read_out_of_a_backup_without_its_password() {
        try (var lab = homelab()) {
            lab.with(cluster -> cluster.guest(101).config.put("cipassword", "$5$secret"));
            var archive = backUp(lab, "web");
            that(lab.call("pve_backup_config", "archive", archive))
                    .shows("name: web", "cipassword: **********")
                    .showsNot("$5$secret");
        }
    }

    @Test
    void what_a_token_may_not_see_is_not_called_none() {
        try (var lab = Lab.of(cluster -> {
            Scenarios.homelab().seed(cluster);
            return Credentials.token(cluster, new User("guest@pve").id(), "blind");
        })) {
            that(lab.call("pve_backup_list")).shows("0 backups", "no storage for backups is visible to this token");
        }
    }

    @Test
    void a_storage_that_is_down_does_not_hide_the_others() {
        try (var lab = homelab()) {
            var archive = backUp(lab, "web");
            lab.with(cluster -> cluster.storage("nas").broken = "mount error");
            that(lab.call("pve_backup_list", "guest", "101")).shows(archive);
        }
    }
}

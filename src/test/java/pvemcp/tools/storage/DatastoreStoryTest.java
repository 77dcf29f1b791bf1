package pvemcp.tools.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// Storages from their definition to their last volume.
class DatastoreStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab lab() {
        return Lab.of(Scenes.small()).with(cluster -> {
            var local = new Storage("local", StorageType.DIR);
            local.options.put("path", "/var/lib/vz");
            local.options.put("content", "iso,vztmpl,backup");
            cluster.storages.put("local", local);
        });
    }

    @Test
    void a_storage_is_defined_changed_and_removed() {
        try (var lab = lab()) {
            var options = Json.obj("path", "/srv/images", "content", "iso,vztmpl");
            that(lab.call("pve_storage_create", "storage", "images", "type", "dir", "options", options))
                    .shows("outcome: done");
            that(lab.call("pve_storage_config")).shows("images", "/srv/images", "iso,vztmpl", "dir");
            that(lab.call("pve_storage_set", "storage", "images", "options", Json.obj("content", "iso")))
                    .shows("outcome: done");
            that(lab.call("pve_storage_config", "storage", "images"))
                    .shows("path: /srv/images", "content: iso")
                    .showsNot("vztmpl");
            that(lab.call("pve_storage_delete", "storage", "images")).shows("outcome: done");
            that(lab.call("pve_storage_config")).showsNot("images");
        }
    }

    @Test
    void a_password_is_named_and_not_taken_into_the_conversation() {
        try (var lab = lab().knowingSecret("nas", "correct horse")) {
            var options = Json.obj("server", "192.0.2.9", "share", "backup", "password", "hunter2");
            that(lab.call("pve_storage_create", "storage", "nas", "type", "cifs", "options", options))
                    .failsWith("bad_arguments")
                    .saying("would be written down in this conversation", "secret:FILE");
            assertThat(lab.<Boolean>ask(cluster -> cluster.storages.containsKey("nas")))
                    .isFalse();
            var named = options.with("password", "secret:nas").with("username", "pve");
            that(lab.call("pve_storage_create", "storage", "nas", "type", "cifs", "options", named))
                    .shows("outcome: done");
            assertThat(lab.audit().toString()).doesNotContain("hunter2", "correct horse");
        }
    }

    @Test
    void an_image_is_downloaded_listed_and_deleted() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_storage_download",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "content",
                            "iso",
                            "url",
                            "https://example.org/debian.iso?mirror=1",
                            "checksum",
                            "sha256:00ff"))
                    .shows("outcome: done", ":download:debian.iso:");
            that(lab.call("pve_storage_content", "storage", "local", "node", "pve1"))
                    .shows("local:iso/debian.iso");
            that(lab.call("pve_volume_delete", "node", "pve1", "volume", "local:iso/debian.iso"))
                    .shows("outcome: done", ":imgdel:");
            that(lab.call("pve_storage_content", "storage", "local", "node", "pve1"))
                    .showsNot("debian.iso");
        }
    }

    @Test
    void a_download_that_fails_says_why() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_storage_download",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "content",
                            "iso",
                            "url",
                            "http://192.0.2.1/x.iso"))
                    .failsWith("task_failed")
                    .saying("Connection refused");
            that(lab.call(
                            "pve_storage_download",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "content",
                            "iso",
                            "url",
                            "http://example.org/x.iso",
                            "checksum",
                            "00ff"))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void a_template_is_found_and_downloaded() {
        try (var lab = lab()) {
            that(lab.call("pve_template_list", "node", "pve1", "text", "debian"))
                    .shows("2 templates", "debian-13-standard_13.1-2_amd64.tar.zst")
                    .showsNot("alpine");
            that(lab.call(
                            "pve_template_download",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "template",
                            "debian-13-standard_13.1-2_amd64.tar.zst"))
                    .shows("outcome: done", ":download:");
            that(lab.call("pve_storage_content", "storage", "local", "node", "pve1"))
                    .shows("local:vztmpl/debian-13-standard_13.1-2_amd64.tar.zst");
            that(lab.call("pve_template_download", "node", "pve1", "storage", "local", "template", "none.tar.zst"))
                    .saying("no such template");
        }
    }

    @Test
    void the_disk_of_a_protected_guest_is_not_deleted() {
        try (var lab = lab().protecting("tag:prod")) {
            that(lab.call("pve_volume_delete", "node", "pve1", "volume", "local-lvm:vm-100-disk-0"))
                    .isRefusedBy("policy.protect.tags");
        }
    }
}

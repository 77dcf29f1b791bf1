package pvemcp.tools.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Policy;
import pvemcp.gate.Policy.Answer;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Files of this machine on their way to a storage.
class UploadTest {
    @TempDir
    Path home;

    private Path images;

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    @BeforeEach
    void files() throws IOException {
        images = Files.createDirectories(home.resolve("images"));
        Files.writeString(images.resolve("debian 13.iso"), "x".repeat(20_003));
        Files.writeString(images.resolve("notes.txt"), "nothing");
        Files.writeString(home.resolve("secret.iso"), "secret");
    }

    private Lab lab() {
        return Lab.of(Scenes.small())
                .opening(new LocalFiles(List.of(images), Optional.empty(), Optional.empty()))
                .with(cluster -> {
                    var local = new Storage("local", StorageType.DIR);
                    local.options.put("path", "/var/lib/vz");
                    local.options.put("content", "iso,import");
                    cluster.storages.put("local", local);
                });
    }

    private static ToolResult upload(Lab lab, String file) {
        return lab.call("pve_storage_upload", "node", "pve1", "storage", "local", "file", file);
    }

    @Test
    void a_file_arrives_whole_and_is_compared_with_its_checksum() {
        try (var lab = lab()) {
            that(upload(lab, "debian 13.iso"))
                    .shows("outcome: done", "local:iso/debian_13.iso", "19.5 KiB", ":imgcopy:", "sha256: ");

            that(lab.call("pve_storage_content", "storage", "local", "node", "pve1"))
                    .shows("local:iso/debian_13.iso", "19.5 KiB");
            assertThat(lab.audit().toString())
                    .contains("/nodes/pve1/storage/local/upload", "checksum", "debian_13.iso");
        }
    }

    @Test
    void a_file_larger_than_any_buffer_is_sent_as_it_is_read() throws IOException {
        try (var sparse = new RandomAccessFile(images.resolve("disk.raw").toFile(), "rw")) {
            sparse.setLength(80L << 20);
        }
        try (var lab = lab()) {
            that(upload(lab, "disk.raw")).shows("outcome: done", "local:import/disk.raw", "80 MiB");
            long size = lab.ask(cluster ->
                    cluster.storage("local").volume("pve1", "import/disk.raw").orElseThrow().size);
            assertThat(size).isEqualTo(80L << 20);
        }
    }

    @Test
    void nothing_is_uploaded_while_the_owner_has_opened_no_directory() {
        try (var lab = lab().opening(LocalFiles.NONE)) {
            that(upload(lab, images.resolve("debian 13.iso").toString()))
                    .isRefusedBy("files.upload")
                    .hinting("files.upload");
        }
    }

    @Test
    void no_name_leads_out_of_the_opened_directory() throws IOException {
        Files.createSymbolicLink(images.resolve("link.iso"), home.resolve("secret.iso"));
        Files.createSymbolicLink(images.resolve("up"), home);
        Files.createSymbolicLink(images.resolve("latest.iso"), Path.of("debian 13.iso"));
        try (var lab = lab()) {
            for (var name : List.of(
                    "../secret.iso",
                    home.resolve("secret.iso").toString(),
                    images.resolve("../secret.iso").toString(),
                    "link.iso",
                    "up/secret.iso",
                    "/etc/passwd",
                    ".")) {
                that(upload(lab, name)).isRefusedBy("files.upload");
            }
            that(upload(lab, "latest.iso")).shows("local:iso/debian_13.iso");
            assertThat(lab.<Boolean>ask(cluster ->
                            cluster.storage("local").volumes("pve1").toString().contains("secret")))
                    .isFalse();
        }
    }

    @Test
    void what_cannot_be_a_disk_image_or_is_no_file_is_told() throws IOException {
        Files.createDirectories(images.resolve("folder.iso"));
        try (var lab = lab()) {
            that(upload(lab, "notes.txt")).failsWith("bad_arguments").saying("'notes.txt'", ".iso and .img");
            that(upload(lab, "folder.iso")).failsWith("bad_arguments").saying("not a file");
            that(upload(lab, "other.iso")).failsWith("bad_arguments").saying("there is no 'other.iso'");
        }
    }

    @Test
    void nothing_is_overwritten_and_nothing_goes_where_there_is_no_room() {
        try (var lab = lab()) {
            that(upload(lab, "debian 13.iso")).isDone();
            that(upload(lab, "debian 13.iso")).failsWith("bad_arguments").saying("is there already");
            lab.with(cluster -> cluster.storage("local").otherUse = cluster.storage("local").total);
            that(lab.call(
                            "pve_storage_upload",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "file",
                            "debian 13.iso",
                            "filename",
                            "other.iso"))
                    .failsWith("bad_arguments")
                    .saying("0 B left");
        }
    }

    @Test
    void a_storage_for_other_things_is_told_before_a_byte_is_sent() {
        try (var lab = lab().with(cluster -> cluster.storage("local").options.put("content", "backup"))) {
            that(upload(lab, "debian 13.iso")).failsWith("bad_arguments").saying("local keeps backup, but no iso");
        }
    }

    @Test
    void a_held_upload_shows_its_request_and_sends_nothing() {
        try (var lab = lab().policy(policy -> policy.with(Tier.CHANGE, Answer.ASK))) {
            var held = upload(lab, "debian 13.iso");
            that(held).isHeld();
            assertThat(((ToolResult.Held) held).preview().requests().getFirst())
                    .startsWith("POST /nodes/pve1/storage/local/upload {")
                    .contains(
                            "\"content\":\"iso\"",
                            "\"checksum-algorithm\":\"sha256\"",
                            "\"filename\":\"debian_13.iso\"");
            that(lab.call(
                            "pve_storage_upload",
                            "node",
                            "pve1",
                            "storage",
                            "local",
                            "file",
                            "debian 13.iso",
                            "dry_run",
                            true))
                    .isDone();
            assertThat(lab.<Boolean>ask(
                            cluster -> cluster.storage("local").volumes("pve1").isEmpty()))
                    .isTrue();
        }
    }

    @Test
    void a_reader_cannot_upload() {
        try (var lab = lab().policy(Policy::readOnly)) {
            that(upload(lab, "debian 13.iso")).isRefusedBy("policy.change");
        }
    }
}

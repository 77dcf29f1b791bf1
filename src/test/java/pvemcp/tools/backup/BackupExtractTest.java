package pvemcp.tools.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Policy.Answer;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Single files out of backups on a backup server.
class BackupExtractTest {
    private static final String DNS = "pbs:backup/ct/102/2026-11-20T02:00:00Z";
    private static final String HOSTNAME = "/root.pxar.didx/etc/hostname";

    @TempDir
    Path home;

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private Lab lab() {
        return Lab.of(Scenes.small())
                .opening(new LocalFiles(List.of(), Optional.of(home), Optional.empty()))
                .with(cluster -> {
                    var pbs = new Storage("pbs", StorageType.PBS);
                    cluster.storages.put("pbs", pbs);
                    pbs.add("pve1", "backup/ct/102/2026-11-20T02:00:00Z", 1 << 30, 1 << 20, cluster.now())
                            .archivedConfig = "hostname: dns\n";
                });
    }

    private static ToolResult extract(Lab lab, String path) {
        return lab.call("pve_backup_extract", "archive", DNS, "path", path);
    }

    @Test
    void a_file_is_found_in_the_backup_and_put_where_only_the_owner_reads_it() throws IOException {
        try (var lab = lab()) {
            // Who has read names in a guest's backup is asked before anything else like it, so another one looks.
            lab.as("somebody else");
            that(lab.call("pve_backup_files", "archive", DNS)).shows("root.pxar.didx");
            that(lab.call("pve_backup_files", "archive", DNS, "path", "/root.pxar.didx/etc"))
                    .shows("hostname", "4 B");

            lab.as("test");
            that(extract(lab, HOSTNAME)).shows("file: " + home.toRealPath().resolve("hostname"), "size: 4 B");

            assertThat(home.resolve("hostname")).hasContent("dns\n");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("hostname"))))
                    .isEqualTo("rw-------");
            assertThat(lab.audit().toString()).contains("GET /nodes/pve1/storage/pbs/file-restore/download");
        }
    }

    @Test
    void the_model_is_not_shown_what_is_in_it() {
        try (var lab = lab()) {
            var answer = that(extract(lab, "/root.pxar.didx/etc/os-release"));
            answer.showsNot("Debian");
            assertThat(answer.data().write()).doesNotContain("Debian");
        }
    }

    @Test
    void a_directory_comes_as_an_archive() throws IOException {
        try (var lab = lab()) {
            that(extract(lab, "/root.pxar.didx/etc")).shows("etc.zip", "3 entries");
            try (var zip = new ZipFile(home.resolve("etc.zip").toFile())) {
                assertThat(zip.getEntry("hostname")).isNotNull();
            }
        }
    }

    @Test
    void a_file_that_is_there_already_stays() throws IOException {
        Files.writeString(home.resolve("hostname"), "mine");
        try (var lab = lab()) {
            that(extract(lab, HOSTNAME)).shows("hostname-2");
            assertThat(home.resolve("hostname")).hasContent("mine");
            assertThat(home.resolve("hostname-2")).hasContent("dns\n");
        }
    }

    @Test
    void what_is_not_in_the_backup_leaves_nothing_behind() {
        try (var lab = lab()) {
            that(extract(lab, "/root.pxar.didx/etc/hostnam"))
                    .failsWith("bad_arguments")
                    .saying("there is no", "hostname");
            that(extract(lab, "etc/hostname")).failsWith("bad_arguments");
            assertThat(home).isEmptyDirectory();
        }
    }

    @Test
    void nothing_is_downloaded_while_the_owner_has_opened_no_directory() {
        try (var lab = lab().opening(LocalFiles.NONE)) {
            that(extract(lab, HOSTNAME)).isRefusedBy("files.download");
        }
    }

    @Test
    void a_held_download_says_what_it_would_do_and_keeps_nothing() {
        try (var lab = lab().policy(policy -> policy.with(Tier.EXECUTE, Answer.ASK))) {
            var held = extract(lab, HOSTNAME);
            that(held).isHeld().saying("download " + HOSTNAME + " out of " + DNS);
            assertThat(home).isEmptyDirectory();
        }
    }

    @Test
    void only_a_backup_server_gives_single_files() {
        try (var lab = lab().with(cluster -> {
            var local = new Storage("local", StorageType.DIR);
            local.options.put("content", "backup");
            cluster.storages.put("local", local);
            local.add("pve1", "backup/vzdump-lxc-102-2026_11_20-02_00_00.tar.zst", 1, 1, cluster.now());
        })) {
            that(lab.call("pve_backup_files", "archive", "local:backup/vzdump-lxc-102-2026_11_20-02_00_00.tar.zst"))
                    .saying("Only PBS storages supported for file-restore.");
        }
    }
}

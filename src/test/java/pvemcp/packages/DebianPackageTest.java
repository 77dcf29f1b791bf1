package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The Debian package, by Debian's own tools where they are.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
@EnabledOnOs(OS.LINUX)
class DebianPackageTest {
    private static final Map<String, String> ENV = Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C.UTF-8");

    @TempDir
    Path dir;

    private static Run run(String... command) throws Exception {
        return Run.of(List.of(command), ENV);
    }

    private Path unpacked() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "there is no dpkg-deb to unpack it with");
        var into = dir.resolve("unpacked");
        var run = run("dpkg-deb", "-R", Made.file("*.deb").toString(), into.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        return into;
    }

    @Test
    void what_it_puts_on_the_path_answers() throws Exception {
        var launcher = unpacked().resolve("usr/bin/pve-mcp").toString();
        assertThat(Run.tools(dir, List.of(launcher, "serve"), ENV)).contains("pve_guest_list");
        assertThat(Run.tools(dir, List.of(launcher, "demo"), ENV)).contains("pve_guest_list");
    }

    @Test
    void its_configuration_is_a_conffile_and_is_understood() throws Exception {
        var there = unpacked();
        assertThat(there.resolve("DEBIAN/conffiles")).content().isEqualTo("/etc/pve-mcp/config.toml\n");
        // With every line of it in force.
        var config = Files.readString(there.resolve("etc/pve-mcp/config.toml"))
                .replaceAll("(?m)^#(?=[a-z\\[])", "")
                .replace("AA:BB:...", "AA".repeat(32))
                .replace("/var/lib/pve-mcp/secret", dir.resolve("secret").toString());
        Files.writeString(dir.resolve("secret"), "00000000-0000-0000-0000-000000000000");
        run("chmod", "600", dir.resolve("secret").toString());
        var file = Files.writeString(dir.resolve("config.toml"), config);
        var shown = Run.of(
                List.of(there.resolve("usr/bin/pve-mcp").toString(), "config"),
                Map.of("PVE_MCP_CONFIG", file.toString(), "PATH", "/usr/bin:/bin"));
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out()).contains("https://pve1.example:8006", "mcp.example.org", "mcp@pve!mcp");
    }

    @Test
    void dpkg_installs_removes_and_purges_it() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can enter another root directory");
        var root = Files.createDirectory(dir.resolve("root"));
        for (var folder : List.of("var/lib/dpkg/info", "var/lib/dpkg/updates", "etc", "run", "var/log")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.createFile(root.resolve("var/lib/dpkg/status"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
        // The system's programs, read-only, over a system of our own.
        var install = """
                for folder in usr bin sbin lib lib64; do
                  [ -e /$folder ] || continue
                  if [ -L /$folder ]; then cp -P /$folder "$1/$folder"; fi
                done
                mkdir "$1/usr" "$1/proc" "$1/dev" "$1/over"
                mount -t tmpfs tmpfs "$1/over" && mkdir "$1/over/upper" "$1/over/work"
                mount -t overlay overlay -o "lowerdir=/usr,upperdir=$1/over/upper,workdir=$1/over/work" "$1/usr" || exit 99
                touch "$1/dev/null" && mount --bind /dev/null "$1/dev/null" && mount --bind /proc "$1/proc"
                cp "$2" "$1/pve-mcp.deb"
                exec chroot "$1" sh -ec '
                  dpkg --force-depends -i /pve-mcp.deb
                  echo "== installed"
                  ls -ld /var/lib/pve-mcp /etc/pve-mcp/config.toml
                  pve-mcp --version
                  touch /var/lib/pve-mcp/audit.jsonl /var/lib/pve-mcp/tokens
                  dpkg -r pve-mcp
                  echo "== removed"
                  ls -d /etc/pve-mcp/config.toml /usr/lib/pve-mcp /usr/bin/pve-mcp 2>&1 || :
                  dpkg -P pve-mcp
                  echo "== purged"
                  find /etc/pve-mcp /var/lib/pve-mcp -type f 2>&1 || :
                '
                """;
        var run = run(
                "unshare",
                "--mount",
                "sh",
                "-c",
                install,
                "sh",
                root.toString(),
                Made.file("*.deb").toString());
        assumeTrue(run.exit() != 99, "this machine mounts nothing over /usr");

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).containsPattern("drwx------ \\d+ pve-mcp pve-mcp .* /var/lib/pve-mcp");
        assertThat(run.out()).containsPattern("-rw-r----- \\d+ root +pve-mcp .* /etc/pve-mcp/config.toml");
        assertThat(run.out()).contains("pve-mcp 0.");
        var removed = run.out().substring(run.out().indexOf("== removed"));
        assertThat(removed.lines().skip(1).takeWhile(line -> !line.contains("Purging")))
                .anyMatch(line -> line.equals("/etc/pve-mcp/config.toml"))
                .noneMatch(line -> line.equals("/usr/lib/pve-mcp") || line.equals("/usr/bin/pve-mcp"));
        var purged = run.out().substring(run.out().indexOf("== purged"));
        assertThat(purged).contains("/var/lib/pve-mcp/audit.jsonl").doesNotContain("tokens", "config.toml");
    }

    @Test
    void systemd_takes_its_units_and_finds_them_confined() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "there is no systemd-analyze");
        var units = unpacked().resolve("usr/lib/systemd/system");
        var service = units.resolve("pve-mcp.service");
        // It wants to see the program.
        Files.writeString(service, Files.readString(service).replace("/usr/bin/pve-mcp", "/bin/true"));
        var verified = run(
                "systemd-analyze",
                "verify",
                service.toString(),
                units.resolve("pve-mcp.socket").toString());
        assertThat(verified.err() + verified.out()).doesNotContain("pve-mcp");

        var exposed = run(
                "systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", service.toString());
        assertThat(exposed.exit()).as(exposed.out()).isZero();
    }
}

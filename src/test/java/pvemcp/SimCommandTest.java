package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.cli.Exit;

/// `pve-mcp sim`: the simulator by itself, for other programs.
class SimCommandTest extends CommandLine {
    @Test
    void the_simulator_runs_alone_and_says_how_to_get_in() throws Exception {
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--scenario", "homelab")) {
            connectTo(sim);
            assertThat(env).doesNotContainKey("PVE_MCP_BACKUP_URL");
            assertThat(run("call", "node_list").out()).contains("pve1");
        }
    }

    @Test
    void a_backup_server_beside_the_simulator_is_configured_by_its_lines() throws Exception {
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--backup-port", "0")) {
            connectTo(sim);

            assertThat(run("doctor").out())
                    .contains("backup server 'pbs' as mcp@pbs!sim", "datastore house is used to 61.1 % of 3.5 TiB");
            assertThat(run("call", "backup_audit").out())
                    .contains("pbs:house", "pull-anna", "no job covers it; verification of the newest failed");
            var port = env.get("PVE_MCP_BACKUP_URL").replaceAll(".*:", "");
            assertThat(run("sim", "--port", "0", "--backup-port", port).err())
                    .contains("cannot listen on port 0 or " + port, "0 takes a free one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fleet", "troubled"})
    void each_scenario_has_a_backup_server_that_its_storages_lie_on(String scenario) throws Exception {
        try (var sim = new Running(
                Map.of(), directory, "sim", "--port=0", "--backup-port=0", "--scenario", scenario, "--guests=5")) {
            connectTo(sim);

            assertThat(run("call", "backup_audit").out()).contains("pbs:main").doesNotContain("- backup server pbs");
        }
    }

    @Test
    void the_simulator_goes_on_from_the_file_that_it_left() throws Exception {
        var file = directory.resolve("lab.json");
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--strict", "--state", "lab.json")) {
            connectTo(sim);
            var done = run("call", "snapshot_create", "guest=web", "name=kept", "--yes");
            assertThat(done.status()).as(done.out() + done.err()).isEqualTo(Exit.OK);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        var before = Map.copyOf(env);
        try (var sim = new Running(Map.of(), directory, "sim", "--port", "0", "--state", file.toString())) {
            assertThat(sim.says()).startsWith("pve-mcp: it goes on from " + file);
            connectTo(sim);
            assertThat(env).containsEntry("PVE_MCP_TOKEN_SECRET", before.get("PVE_MCP_TOKEN_SECRET"));
            assertThat(env).containsEntry("PVE_MCP_FINGERPRINT", before.get("PVE_MCP_FINGERPRINT"));
            assertThat(run("call", "snapshot_list", "guest=web").out()).contains("kept");
        }
    }

    @Test
    void a_file_that_no_simulator_left_is_not_touched() throws Exception {
        var file = Files.writeString(directory.resolve("lab.json"), "{\"guests\":[]}");

        var told = run("sim", "--port", "0", "--state", "lab.json");

        assertThat(told.status()).isEqualTo(Exit.USAGE);
        assertThat(told.err()).contains(file + " is not to be gone on from: it is no saved simulator");
        assertThat(file).hasContent("{\"guests\":[]}");
        Files.writeString(file, "guests");
        assertThat(run("sim", "--state", "lab.json").err()).contains(file + " is no saved simulator");
    }

    /// Has the following lines be about this simulator.
    private void connectTo(Running sim) {
        var told = sim.saysUntil("curl").stream()
                .filter(line -> line.startsWith("PVE_MCP_"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1].replace("'", "")));
        assertThat(told.keySet()).contains("PVE_MCP_URL", "PVE_MCP_FINGERPRINT");
        env.putAll(told);
    }
}

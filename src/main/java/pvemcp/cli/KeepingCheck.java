package pvemcp.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.audit.Permissions;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.text.Reason;

/// What `doctor` says where nothing but reads gets through, however good the way to a cluster: the owner has stopped
/// the rest, or what has to be put down first finds no place on this machine.
final class KeepingCheck {
    private final Host host;
    private final Console console;
    private final DoctorCommand doctor;

    KeepingCheck(Host host, Console console, DoctorCommand doctor) {
        this.host = host;
        this.console = console;
        this.doctor = doctor;
    }

    /// @return the exit status
    int run(Config config) {
        var troubles = new ArrayList<String>();
        try (var stores = host.stores(config)) {
            var stop = stores.freeze()
                    .why()
                    .map(why -> "it is stopped %s; the owner lifts it: %s"
                            .formatted(why, stores.freeze().lifting()));
            if (!stores.hasPeers()) {
                cannotWrite(Key.STATE_DIRECTORY, config.path(Key.STATE_DIRECTORY), troubles);
                cannotWrite(
                        Key.AUDIT_FILE,
                        config.path(Key.AUDIT_FILE).toAbsolutePath().getParent(),
                        troubles);
            }
            tell(stop, troubles);
        } catch (IOException e) {
            troubles.add(Reason.of(e));
            tell(Optional.empty(), troubles);
        }
        return troubles.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private void tell(Optional<String> stop, List<String> troubles) {
        if (stop.isEmpty() && troubles.isEmpty()) {
            return;
        }
        console.out().println();
        console.out().println("what does more than read");
        stop.ifPresent(why -> doctor.line("!", why));
        troubles.forEach(why -> doctor.line("✗", why));
    }

    private static void cannotWrite(Key key, Path folder, List<String> troubles) {
        unwritable(folder).ifPresent(why -> troubles.add("%s cannot be written: %s".formatted(key.path(), why)));
    }

    /// Why a file in this folder cannot be made and filled; empty where it can.
    private static Optional<String> unwritable(Path folder) {
        try {
            Permissions.makeFolder(folder);
            var file = Files.createTempFile(folder, "doctor", "", Permissions.forNewFile(folder));
            try {
                Files.write(file, "pve-mcp doctor".getBytes(StandardCharsets.UTF_8));
            } finally {
                Files.delete(file);
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(Reason.of(e));
        }
    }
}

package pvemcp.cli;

import java.util.List;
import pvemcp.config.BackupSettings;
import pvemcp.config.Config;
import pvemcp.config.ConfigException;
import pvemcp.config.Key;
import pvemcp.pve.BackupServer;
import pvemcp.pve.BackupServerJob;
import pvemcp.pve.BackupServerTask;
import pvemcp.pve.Connection;
import pvemcp.pve.Datastore;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.tools.answer.JobRuns;
import pvemcp.view.Clean;
import pvemcp.view.Units;

/// What `doctor` says of the Proxmox Backup Servers: the way to each, and what its token is shown there.
final class BackupServersCheck {
    private final Host host;
    private final Console console;
    private final DoctorCommand doctor;

    BackupServersCheck(Host host, Console console, DoctorCommand doctor) {
        this.host = host;
        this.console = console;
        this.doctor = doctor;
    }

    /// @return the exit status
    int run(Config config) {
        int status = Exit.OK;
        for (var settings : config.backups()) {
            console.out().println("backup server '%s' as %s".formatted(settings.name(), settings.principal()));
            console.out().println("  " + settings.url());
            status = Math.max(status, examine(settings));
        }
        return status;
    }

    private int examine(BackupSettings settings) {
        Connection connection;
        try {
            connection = settings.connection();
        } catch (ConfigException e) {
            e.problems().forEach(problem -> doctor.line("✗", problem));
            return Exit.USAGE;
        }
        if (!doctor.certificate(settings.url(), "PBS itself listens on 8007: https://%s:8007")) {
            return Exit.UNREACHABLE;
        }
        try (var wire = new HttpTransport(connection, host.clock())) {
            return look(new BackupServer(settings.name(), settings.address(), wire), connection, settings);
        } catch (PveException e) {
            fault(e.fault(), settings);
            return Exit.UNREACHABLE;
        }
    }

    private int look(BackupServer server, Connection connection, BackupSettings settings) {
        var version = server.version().version();
        doctor.line("✓", "the certificate is trusted (%s)".formatted(DoctorCommand.trust(connection.trust())));
        doctor.line(
                "✓", "it lets us in and is Proxmox Backup Server " + Clean.oneLine(version.isEmpty() ? "?" : version));
        var datastores = server.datastores();
        if (datastores.isEmpty()) {
            doctor.line("✗", "it shows no datastore; as root there:");
            doctor.line(
                    " ",
                    "  proxmox-backup-manager acl update /datastore DatastoreAudit --auth-id '%s'"
                            .formatted(settings.principal()));
            return Exit.FAILED;
        }
        datastores.forEach(store -> doctor.line(store.error().isEmpty() ? "✓" : "!", words(store)));
        boolean shown = tasks(server, settings);
        for (var kind : BackupServerJob.Kind.values()) {
            jobs(server, kind, shown);
        }
        return Exit.OK;
    }

    /// Whether the token is shown how jobs went.
    private boolean tasks(BackupServer server, BackupSettings settings) {
        try {
            if (server.showsAllTasks()) {
                return true;
            }
            doctor.line("!", "it does not show how its jobs went before their last run; as root there:");
            doctor.line(
                    " ",
                    "  proxmox-backup-manager acl update /system/tasks Audit --auth-id '%s'"
                            .formatted(settings.principal()));
        } catch (PveException e) {
            doctor.fault(e.fault());
        }
        return false;
    }

    private void jobs(BackupServer server, BackupServerJob.Kind kind, boolean shown) {
        try {
            var now = host.clock().instant();
            var jobs = server.jobs(kind);
            var runs = shown ? server.runs(kind, now) : List.<BackupServerTask>of();
            doctor.line("✓", "%s: %s".formatted(kind.word(), Units.some(jobs.size(), "jobs")));
            for (var job : jobs) {
                new JobRuns(job, runs.stream().filter(run -> run.isOf(job)).toList())
                        .trouble(now)
                        .ifPresent(why -> doctor.line(
                                "!",
                                "  %s %s on %s: %s"
                                        .formatted(
                                                kind.word(),
                                                Clean.name(job.id()),
                                                Clean.name(job.datastore()),
                                                Clean.oneLine(why))));
            }
        } catch (PveException e) {
            doctor.fault(e.fault());
        }
    }

    private static String words(Datastore store) {
        var name = "datastore " + Clean.name(store.name());
        if (!store.error().isEmpty()) {
            return "%s cannot be looked at: %s".formatted(name, Clean.oneLine(store.error()));
        }
        return store.use()
                .map(use -> "%s is used to %s of %s"
                        .formatted(name, use, store.total().get()))
                .orElse(name + " does not tell how full it is: the token may see single namespaces only");
    }

    private void fault(PveFault fault, BackupSettings settings) {
        switch (fault) {
            case PveFault.Untrusted untrusted -> {
                doctor.line("✗", "the certificate is not trusted: " + Clean.oneLine(untrusted.why()));
                doctor.line(
                        " ",
                        "if the fingerprint is the one that 'proxmox-backup-manager cert info' shows there, pin it:");
                var key = Key.BACKUP_FINGERPRINT.path().replace("backup.", "");
                doctor.line(" ", "  [backup.%s]".formatted(settings.name()));
                doctor.line(" ", "  %s = \"%s\"".formatted(key, untrusted.fingerprint()));
            }
            case PveFault.Unauthorized refused -> {
                doctor.line("✗", "it does not let us in: " + Clean.oneLine(refused.why()));
                doctor.line(" ", "check id, secret and expiry: proxmox-backup-manager user list-tokens USER@REALM");
            }
            case PveFault.NotPve other ->
                doctor.line("✗", "what answers is not a Proxmox Backup Server: " + Clean.oneLine(other.why()));
            default -> doctor.fault(fault);
        }
    }
}

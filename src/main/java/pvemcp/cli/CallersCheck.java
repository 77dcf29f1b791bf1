package pvemcp.cli;

import java.io.IOException;
import pvemcp.config.ClusterSettings;
import pvemcp.config.Config;
import pvemcp.config.ConfigException;
import pvemcp.config.OAuthSettings;
import pvemcp.json.Json;
import pvemcp.oauth.KeyRing;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.PveException;
import pvemcp.pve.Verb;
import pvemcp.view.Clean;

/// What `doctor` says of those who call over HTTP: whether the issuer of their access tokens is reached, and whether
/// the clusters let in those with credentials of their own.
final class CallersCheck {
    private final Host host;
    private final Console console;
    private final DoctorCommand doctor;

    CallersCheck(Host host, Console console, DoctorCommand doctor) {
        this.host = host;
        this.console = console;
        this.doctor = doctor;
    }

    /// @return the exit status
    int run(Config config) {
        boolean all = true;
        for (var oauth : config.oauth()) {
            all &= issuer(oauth);
        }
        for (var principal : config.principals()) {
            console.out().println("caller '%s', with credentials of their own".formatted(principal.name()));
            for (var cluster : principal.clusters()) {
                all &= enters(cluster);
            }
        }
        return all ? Exit.OK : Exit.FAILED;
    }

    private boolean issuer(OAuthSettings settings) {
        console.out().println("access tokens of " + settings.issuer());
        try {
            int keys = new KeyRing(IssuedTokens.issuer(settings), host.clock()).count();
            doctor.line(keys > 0 ? "✓" : "✗", "it is reached and has %d keys that sign".formatted(keys));
            doctor.line("✓", "they have to be for " + String.join(" or ", settings.audiences()));
            return keys > 0;
        } catch (IOException e) {
            doctor.line("✗", "its keys cannot be had: " + Clean.oneLine(e.getMessage()));
            doctor.line(" ", "http.oauth.issuer is what its metadata calls itself, to the last slash");
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean enters(ClusterSettings settings) {
        try (var wire = new HttpTransport(settings.connection(), host.clock())) {
            wire.data(Verb.GET, "/version", Json.Obj.EMPTY);
            doctor.line("✓", "'%s' lets them in as %s".formatted(settings.name(), settings.principal()));
            return true;
        } catch (ConfigException e) {
            e.problems().forEach(problem -> doctor.line("✗", problem));
        } catch (PveException e) {
            doctor.line("✗", "'%s', as %s:".formatted(settings.name(), settings.principal()));
            doctor.fault(e.fault());
        }
        return false;
    }
}

package pvemcp.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import pvemcp.config.ClusterSettings.Login;
import pvemcp.pve.BackupServer.Address;
import pvemcp.pve.Connection;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Connection.Trust;

/// One configured Proxmox Backup Server, checked; its secret is read when it is first connected to.
///
/// @param name `pbs` for the one that has none
/// @param hosts names besides that of the URL by which storages know it
public record BackupSettings(
        String name, URI url, Login.Token login, Trust trust, List<String> hosts, Duration timeout) {
    public BackupSettings {
        hosts = List.copyOf(hosts);
    }

    /// How to connect. Runs the command that prints the secret, where there is one, so it may take a while.
    ///
    /// @throws ConfigException where the secret cannot be had
    public Connection connection() {
        var credential = new Credential.BackupToken(login.id(), login.secret().fetch());
        return new Connection(name, List.of(url), credential, trust, timeout);
    }

    public Address address() {
        return Address.of(url, hosts, trust);
    }

    /// The token that is used, such as `mcp@pbs!agent`.
    public String principal() {
        return login.principal();
    }
}

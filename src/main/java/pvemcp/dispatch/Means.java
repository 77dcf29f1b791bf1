package pvemcp.dispatch;

import pvemcp.pve.Waiting;
import pvemcp.remote.Shells;
import pvemcp.remote.SshSettings;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Vault;

/// What the owner of this machine lends to the calls on a cluster.
///
/// @param shells the ways into its guests, with the keys for them
/// @param vault where its calls find secrets and leave them
/// @param files what of this machine its calls may read and write
public record Means(Shells shells, Vault vault, LocalFiles files) {
    /// Guests are entered by their agents only, and nothing is had of this machine.
    public static Means none() {
        return new Means(agents(), Vault.NONE, LocalFiles.NONE);
    }

    /// The same without the keys for SSH.
    Means byAgents() {
        return new Means(agents(), vault, files);
    }

    private static Shells agents() {
        return new Shells(SshSettings.OFF, Waiting.REAL);
    }
}

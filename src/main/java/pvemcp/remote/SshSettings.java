package pvemcp.remote;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the owner lets guests be entered over SSH. Nothing is by default.
///
/// @param node the account on the nodes, through which containers are entered
/// @param nodes where a node answers, by its name; what is not named is asked for at the address the cluster knows
/// @param guest the account in VMs
/// @param guests what is different for single guests, by vmid
public record SshSettings(
        boolean enabled, Account node, Map<String, String> nodes, Account guest, Map<Integer, Own> guests) {
    public static final SshSettings OFF = new SshSettings(false, Account.NONE, Map.of(), Account.NONE, Map.of());

    public SshSettings {
        nodes = Map.copyOf(nodes);
        guests = Map.copyOf(guests);
    }

    /// @param agent whether the running ssh-agent may sign
    public record Account(String user, int port, List<Path> keys, boolean agent, SshTarget.HostKey hostKey) {
        static final Account NONE = new Account("root", 22, List.of(), false, new SshTarget.HostKey.Pinned(List.of()));

        public Account {
            keys = List.copyOf(keys);
        }

        SshTarget at(String host) {
            return new SshTarget(host, port, user, keys, agent, hostKey);
        }
    }

    /// What one guest has of its own. With a host, it is entered directly, also where it is a container.
    public record Own(Optional<String> host, Optional<String> user, Optional<Path> key) {}
}

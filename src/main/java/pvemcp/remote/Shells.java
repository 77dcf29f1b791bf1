package pvemcp.remote;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Waiting;
import pvemcp.pve.Watcher;

/// The ways into guests that the owner has opened. Which node runs a container is known by the [Guest], which was
/// looked up for this very call. Safe for use by several threads.
public final class Shells {
    private final Supplier<SshSettings> settings;
    private final Dial dial;
    private final Waiting waiting;
    private final Consumer<String> watch;
    private final Watcher watcher;

    public Shells(SshSettings ssh, Waiting waiting) {
        this(() -> ssh, Dial.NETWORK, waiting);
    }

    /// @param settings asked for at each entrance, by several threads; the same each time
    /// @param dial how hosts are connected to
    public Shells(Supplier<SshSettings> settings, Dial dial, Waiting waiting) {
        this(settings, dial, waiting, _ -> {}, Watcher.NOBODY);
    }

    private Shells(
            Supplier<SshSettings> settings, Dial dial, Waiting waiting, Consumer<String> watch, Watcher watcher) {
        this.settings = settings;
        this.dial = dial;
        this.waiting = waiting;
        this.watch = watch;
        this.watcher = watcher;
    }

    /// The same ways, but before a command goes over SSH it is told to `watch`, which may throw to keep it from
    /// going. What goes through the guest agent is seen on the wire to PVE already.
    ///
    /// @param watcher asked whether a command that runs is still waited for
    public Shells watched(Consumer<String> watch, Watcher watcher) {
        return new Shells(settings, dial, waiting, watch, watcher);
    }

    /// A shell in this guest.
    ///
    /// @throws PveException with [PveFault.NoWayIn] where there is no such way, saying what would open one
    public Shell shell(Pve pve, Guest guest, Way way) {
        return guest.kind() == GuestKind.VM ? intoVm(pve, guest, way) : intoContainer(pve, guest, way);
    }

    /// The files of this guest; see [#shell].
    ///
    /// @param limits for each command a way in has to run
    public GuestFiles files(Pve pve, Guest guest, Way way, RunLimits limits) {
        var shell = shell(pve, guest, way);
        return shell instanceof AgentShell ? new AgentFiles(guest, shell, limits) : new ShellFiles(shell, limits);
    }

    private Shell intoVm(Pve pve, Guest guest, Way way) {
        var ssh = settings.get();
        var own = Optional.ofNullable(ssh.guests().get(guest.vmid()));
        var host = own.flatMap(SshSettings.Own::host);
        boolean agent = way == Way.AGENT || (way == Way.AUTO && host.isEmpty() && hasAgent(guest));
        if (agent) {
            return new AgentShell(guest, waiting, watcher);
        }
        requireSsh(ssh, guest, "or give the VM a guest agent (option agent=1, and qemu-guest-agent inside)");
        var account = account(ssh, own);
        return watched(SshShell.direct(account.at(host.orElseGet(() -> address(pve, guest))), dial, waiting, watcher));
    }

    private Shell intoContainer(Pve pve, Guest guest, Way way) {
        if (way == Way.AGENT) {
            throw noWay("guest agent", "%s is a container, and those have no guest agent".formatted(guest));
        }
        var ssh = settings.get();
        requireSsh(ssh, guest, "since PVE's API has no way into containers");
        var own = Optional.ofNullable(ssh.guests().get(guest.vmid()));
        var host = own.flatMap(SshSettings.Own::host);
        if (host.isPresent()) {
            return watched(SshShell.direct(account(ssh, own).at(host.get()), dial, waiting, watcher));
        }
        var node = ssh.node().at(nodeHost(ssh, pve, guest.node()));
        return watched(SshShell.container(node, guest.vmid(), dial, waiting, watcher));
    }

    private Shell watched(Shell shell) {
        return new Shell() {
            @Override
            public Output run(Command command, RunLimits limits) {
                watch.accept(way() + ": " + Quote.posix(command.argv()));
                return shell.run(command, limits);
            }

            @Override
            public String way() {
                return shell.way();
            }
        };
    }

    private static SshSettings.Account account(SshSettings ssh, Optional<SshSettings.Own> own) {
        var account = ssh.guest();
        return new SshSettings.Account(
                own.flatMap(SshSettings.Own::user).orElse(account.user()),
                account.port(),
                own.flatMap(SshSettings.Own::key).map(List::of).orElse(account.keys()),
                account.agent(),
                account.hostKey());
    }

    /// Where a node answers: as configured, else as the cluster knows it, else by its name.
    private static String nodeHost(SshSettings ssh, Pve pve, String node) {
        var configured = ssh.nodes().get(node);
        if (configured != null) {
            return configured;
        }
        return pve.clusterStatus().members().stream()
                .filter(member -> member.name().equals(node) && !member.ip().isEmpty())
                .findFirst()
                .map(member -> member.ip())
                .orElse(node);
    }

    private static boolean hasAgent(Guest guest) {
        var agent = guest.config().options().getOrDefault("agent", "0");
        return agent.startsWith("1") || agent.contains("enabled=1");
    }

    /// The first address of a VM that others can reach.
    private static String address(Pve pve, Guest guest) {
        return Addresses.of(pve, guest.node(), guest.kind(), guest.vmid()).stream()
                .findFirst()
                .orElseThrow(() -> noWay(
                        "ssh",
                        "no address of %s is known: neither an agent in it nor a lease in SDN tells one; configure it"
                                .formatted(guest)));
    }

    private static void requireSsh(SshSettings ssh, Guest guest, String otherwise) {
        if (!ssh.enabled()) {
            throw noWay(
                    "ssh",
                    "SSH is not configured, which %s would need; the owner sets ssh.enabled, %s"
                            .formatted(guest, otherwise));
        }
    }

    private static PveException noWay(String way, String why) {
        return new PveException(new PveFault.NoWayIn(way, why));
    }
}

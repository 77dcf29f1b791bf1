package pvemcp.sim.world;

import java.util.List;

/// `pct exec` in the shell of a node: a program in a container of that node (PVE::CLI::pct, lxc-attach(1)).
final class Pct {
    private Pct() {}

    /// @param cluster whose containers are found
    static ToyPrograms.Own on(Cluster cluster, String node) {
        return (shell, args, pipes) -> run(cluster, node, shell, args, pipes);
    }

    private static int run(Cluster cluster, String node, ToyShell shell, List<String> args, ToyShell.Pipes pipes) {
        if (args.size() < 4 || !args.getFirst().equals("exec") || !args.get(1).matches("\\d{1,9}")) {
            return complain(pipes, "400 not enough arguments\npct exec <vmid> [<extra-args>] [OPTIONS]", 255);
        }
        var guest = cluster.guests.get(Integer.valueOf(args.get(1)));
        if (guest == null || !guest.isContainer() || !guest.node.equals(node)) {
            return complain(
                    pipes, "Configuration file 'nodes/%s/lxc/%s.conf' does not exist".formatted(node, args.get(1)), 2);
        }
        if (!guest.isRunning()) {
            return complain(pipes, "Error: container '%d' not running!".formatted(guest.vmid()), 255);
        }
        var argv = args.subList(args.get(2).equals("--") ? 3 : 2, args.size());
        var inside = new ToyShell(guest.inside(), cluster.now());
        if (!ToyPrograms.has(argv.getFirst())) {
            return complain(
                    pipes,
                    "lxc-attach: %d: ../src/lxc/attach.c: lxc_attach_run_command: 1841 No such file or directory - Failed to exec \"%s\""
                            .formatted(guest.vmid(), argv.getFirst()),
                    127);
        }
        return inside.within(shell, argv, pipes);
    }

    private static int complain(ToyShell.Pipes pipes, String text, int status) {
        pipes.err().append(text).append('\n');
        return status;
    }
}

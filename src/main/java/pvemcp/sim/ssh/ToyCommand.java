package pvemcp.sim.ssh;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;
import pvemcp.sim.world.ToyEnd;
import pvemcp.sim.world.World;

/// A line for the shell of a simulated host. What it does is done at once; what it prints after a sleep comes when
/// the simulator's clock has got there.
final class ToyCommand extends Streamed {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final World world;
    private final String host;
    private final String line;
    private volatile boolean left;

    ToyCommand(World world, String host, String line) {
        this.world = world;
        this.host = host;
        this.line = line;
    }

    private record Begun(ToyEnd end, Instant ends) {}

    @Override
    public void start(ChannelSession channel, Environment environment) {
        Thread.ofVirtual().start(this::run);
    }

    private void run() {
        try {
            var input = in.readAllBytes();
            var begun = world.ask(cluster -> {
                var shell = cluster.reached(host).orElseThrow();
                var end = shell.line(line, input, cluster.now());
                return new Begun(end, cluster.now().plus(end.takes()));
            });
            var end = begun.end();
            out.write(end.out(), 0, end.early());
            out.flush();
            await(begun.ends());
            out.write(Arrays.copyOfRange(end.out(), end.early(), end.out().length));
            out.flush();
            err.write(end.err());
            err.flush();
            // A shell says so of a program that a signal ended (POSIX XCU 2.8.2).
            ended.onExit(end.signal() == 0 ? end.exit() : 128 + end.signal());
        } catch (IOException _) {
            // The client has gone.
            ended.onExit(255);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void await(Instant moment) throws InterruptedException {
        while (!left && world.ask(cluster -> cluster.now().isBefore(moment))) {
            Thread.sleep(LOOK_AGAIN);
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        left = true;
    }
}

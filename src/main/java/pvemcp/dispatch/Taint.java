package pvemcp.dispatch;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import pvemcp.audit.Hash;
import pvemcp.gate.Commons;
import pvemcp.json.Json;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.Received;
import pvemcp.pve.Transport;
import pvemcp.pve.Tunnel;
import pvemcp.pve.Verb;

/// Who has lately read what programs and files in guests say, as far as the [Commons] reach. That may have been
/// written for them, so what destroys needs a person for a while. Safe for use by several threads.
final class Taint {
    /// As long as what was read is likely to be in a model's mind.
    static final Duration LASTS = Duration.ofMinutes(15);

    private final Clock clock;
    private final Commons commons;

    /// What this process knows by itself, whatever becomes of the commons.
    private final Map<String, Instant> read = new ConcurrentHashMap<>();

    Taint(Clock clock, Commons commons) {
        this.clock = clock;
        this.commons = commons;
    }

    boolean isOn(String principal) throws IOException {
        var last = read.get(principal);
        boolean here = last != null && clock.instant().isBefore(last.plus(LASTS));
        return here || commons.holds(name(principal));
    }

    void mark(String principal) {
        var now = clock.instant();
        read.put(principal, now);
        try {
            commons.hold(name(principal), now.plus(LASTS));
        } catch (IOException _) {
            // Reads go on. Other servers hear of the next one; while the commons are away they change nothing.
        }
    }

    private static String name(String principal) {
        return "taint-" + Hash.of(principal);
    }

    /// The same wire, seen to for what comes over it.
    Transport watching(Transport wire, String principal) {
        return new Watching(wire, () -> mark(principal));
    }

    private static final class Watching extends ForwardingTransport {
        private static final Pattern OUTPUT = Pattern.compile(
                "/nodes/[^/]+/(?:qemu/[0-9]+/agent/(?:exec-status|file-read)|(?:qemu|lxc)/[0-9]+/vncwebsocket|storage/[^/]+/file-restore/.*)");

        private final Runnable mark;

        Watching(Transport wire, Runnable mark) {
            super(wire);
            this.mark = mark;
        }

        private void look(String path) {
            if (path.startsWith("/nodes/") && OUTPUT.matcher(path).matches()) {
                mark.run();
            }
        }

        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            look(path);
            return wire.send(verb, path, params);
        }

        @Override
        public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
            look(path);
            return wire.download(path, params, to, received);
        }

        @Override
        public Tunnel tunnel(String path, Json.Obj params) {
            look(path);
            return wire.tunnel(path, params);
        }
    }
}

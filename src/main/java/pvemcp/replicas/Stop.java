package pvemcp.replicas;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import pvemcp.dispatch.Freeze;

/// The owner's stop for all servers that share a database: a note in it, asked for before each request that
/// changes something. A server that cannot ask stands still as well.
final class Stop implements Freeze {
    private static final String FROZEN = "frozen";

    private final Notes notes;
    private final Clock clock;

    Stop(Notes notes, Clock clock) {
        this.notes = notes;
        this.clock = clock;
    }

    @Override
    public Optional<String> why() throws IOException {
        return notes.get(FROZEN);
    }

    @Override
    public void freeze(String reason) throws IOException {
        notes.put(FROZEN, Freeze.note(clock.instant(), reason));
    }

    @Override
    public boolean unfreeze() throws IOException {
        return notes.remove(FROZEN);
    }

    @Override
    public String lifting() {
        return "pve-mcp unfreeze, with the configuration of one of the servers that share " + notes.place();
    }
}

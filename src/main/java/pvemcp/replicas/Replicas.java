package pvemcp.replicas;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import pvemcp.audit.Journal;
import pvemcp.audit.SharedLog;
import pvemcp.dispatch.Freeze;
import pvemcp.dispatch.HeldCalls;
import pvemcp.dispatch.Stores;
import pvemcp.gate.Commons;
import pvemcp.pve.Secret;

/// What servers on several machines have in common, in a PostgreSQL database. The keys that make tickets, yeses
/// and the ledger's signatures are not in it: they follow from a secret that the servers are configured with.
///
/// Where the database cannot be asked, nothing that changes something is done. Safe for use by several threads.
public final class Replicas implements Stores {
    private final Database database;
    private final Pulse pulse;
    private final Commons commons;
    private final HeldCalls heldCalls;
    private final Freeze freeze;
    private final Journal journal;

    /// Connects to nothing yet.
    ///
    /// @param secret the same for all servers that share the database
    public Replicas(Address address, String user, Optional<Secret> password, Secret secret, Clock clock) {
        this.database = new Database(address, user, password);
        this.pulse = new Pulse(database);
        this.commons = new Budgets(database, key(secret, "tickets"), clock);
        var board = key(secret, "held calls");
        this.heldCalls = new HeldCalls(new Notes(database, "held", board, clock), clock);
        this.freeze = new Stop(new Notes(database, "owner", board, clock), clock);
        this.journal = new SharedLog(new LedgerTable(database, pulse), key(secret, "ledger"), clock);
    }

    /// For each purpose another, so that none tells of the others.
    private static byte[] key(Secret secret, String purpose) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(("pve-mcp " + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Commons commons() {
        return commons;
    }

    @Override
    public HeldCalls heldCalls() {
        return heldCalls;
    }

    @Override
    public Freeze freeze() {
        return freeze;
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public boolean hasPeers() {
        return true;
    }

    /// From the first time it is asked, the database is looked for every few seconds.
    @Override
    public Optional<String> trouble() {
        try {
            pulse.begun();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
        return database.trouble();
    }

    @Override
    public void close() throws IOException {
        try {
            journal.close();
            pulse.close();
        } finally {
            database.close();
        }
    }
}

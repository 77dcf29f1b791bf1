package pvemcp.cli;

/// A simulated cluster that is running, and how to get into it.
public record Simulation(String url, String tokenId, String tokenSecret, String fingerprint, Runnable end)
        implements AutoCloseable {
    @Override
    public void close() {
        end.run();
    }
}

package pvemcp.dispatch;

import java.util.Optional;

/// Somebody who calls and waits: nobody asks them, and they take nothing back.
class Quiet implements Caller {
    private final String principal;

    Quiet(String principal) {
        this.principal = principal;
    }

    @Override
    public String principal() {
        return principal;
    }

    @Override
    public String client() {
        return "test";
    }

    @Override
    public boolean canAsk() {
        return false;
    }

    @Override
    public Optional<String> approval() {
        return Optional.empty();
    }

    @Override
    public void progress(double fraction, String message) {}

    @Override
    public boolean cancelled() {
        return false;
    }
}

package pvemcp.cli;

import java.util.Optional;
import pvemcp.dispatch.Caller;
import pvemcp.view.Clean;

/// The person at the terminal. Progress is a line that is written over, and only where there is somebody to see it.
final class TerminalCaller implements Caller {
    private static final String CLEAR = "\r\u001b[K";

    private final Console console;
    private final Optional<String> approval;
    private boolean shown; // guarded by this

    TerminalCaller(Console console, Optional<String> approval) {
        this.console = console;
        this.approval = approval;
    }

    @Override
    public String principal() {
        return "terminal";
    }

    @Override
    public String client() {
        return "pve-mcp";
    }

    @Override
    public boolean isPerson() {
        return true;
    }

    /// Somebody is asked, or the answer was given with the command.
    @Override
    public boolean canAsk() {
        return true;
    }

    @Override
    public Optional<String> approval() {
        return approval;
    }

    @Override
    public synchronized void progress(double fraction, String message) {
        if (!console.screen().erases()) {
            return;
        }
        console.err().print(CLEAR + console.progress(fraction, Clean.oneLine(message)));
        console.err().flush();
        shown = true;
    }

    /// Wipes the progress away before something that stays is written.
    synchronized void settle() {
        if (shown) {
            console.err().print(CLEAR);
            console.err().flush();
            shown = false;
        }
    }

    @Override
    public boolean cancelled() {
        return Thread.currentThread().isInterrupted();
    }
}

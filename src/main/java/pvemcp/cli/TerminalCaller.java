package pvemcp.cli;

import java.util.Optional;
import pvemcp.dispatch.Caller;
import pvemcp.view.Clean;

/// The person at the terminal. Progress is a line that is written over, and only where there is somebody to see it.
record TerminalCaller(Console console, Optional<String> approval) implements Caller {
    private static final String CLEAR = "\r\u001b[K";

    @Override
    public String principal() {
        return "terminal";
    }

    @Override
    public String client() {
        return "pve-mcp";
    }

    /// Somebody is asked, or the answer was given with the command.
    @Override
    public boolean canAsk() {
        return true;
    }

    @Override
    public void progress(double fraction, String message) {
        if (console.terminal()) {
            var part = fraction < 0 ? "" : "%3.0f %% ".formatted(fraction * 100);
            var text = part + Clean.oneLine(message);
            int room = Math.max(20, console.width() - 1);
            console.err().print(CLEAR + (text.length() > room ? text.substring(0, room) : text));
        }
    }

    /// Wipes the progress away before something that stays is written.
    void settle() {
        if (console.terminal()) {
            console.err().print(CLEAR);
        }
    }

    @Override
    public boolean cancelled() {
        return Thread.currentThread().isInterrupted();
    }
}

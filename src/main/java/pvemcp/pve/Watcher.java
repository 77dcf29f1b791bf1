package pvemcp.pve;

/// Who follows a task while it is waited for.
public interface Watcher {
    /// Nobody: says nothing and never gives up.
    Watcher NOBODY = new Watcher() {
        @Override
        public void progress(double fraction, String line) {
            // Nobody listens.
        }

        @Override
        public void checkCancelled() {
            // Nobody takes it back.
        }
    };

    /// Told when the log has grown: its newest line, and how far the task is (0 to 1) where that line has a
    /// percentage, else a negative number.
    void progress(double fraction, String line);

    /// Asked before each look at the task; throws what it likes to end the waiting. The task itself goes on.
    void checkCancelled();
}

package pvemcp.soak;

/// Where a client does what takes long, while it goes on with something else.
interface Aside {
    void run(Act act);

    /// Fails where the server did not answer as it should.
    interface Act {
        void go() throws Exception;
    }
}

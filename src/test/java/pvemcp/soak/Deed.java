package pvemcp.soak;

/// What clients do, and how often among a hundred deeds.
enum Deed {
    READ(30, Client::read),
    LIST(7, Client::list),
    QUERY(2, Client::query),
    HOLD_AND_FORGET(3, Client::holdAndForget),
    CONFIRM(4, Client::confirm),
    AGREE(3, Client::agree),
    DECLINE(3, Client::decline),
    TASK(4, Client::task),
    SUBSCRIBE(3, Client::subscribe),
    SESSION(8, Client::session),
    SESSION_THAT_ASKS(2, Client::sessionThatAsks),
    SESSION_WITH_STREAM(3, Client::sessionWithStream),
    FORGOTTEN_SESSION(3, Client::forgottenSession),
    RESUMED_STREAM(2, Client::resumedStream),
    BREAK_OFF(7, Client::breakOff),
    BREAK_OFF_A_CALL(3, Client::breakOffACall),
    MALFORMED(9, Client::malformed),
    LOOK(4, Client::look);

    /// Fails where the server did not answer as it should.
    interface Act {
        void by(Client client) throws Exception;
    }

    private final int share;
    private final Act act;

    Deed(int share, Act act) {
        this.share = share;
        this.act = act;
    }

    int share() {
        return share;
    }

    Act act() {
        return act;
    }
}

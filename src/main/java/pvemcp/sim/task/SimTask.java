package pvemcp.sim.task;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// One task: running, or ended with an exit status. The simulator's lock guards it.
public final class SimTask implements HasFields {
    static final Form<SimTask> FORM = Form.thing(fields -> new SimTask(
            fields.text("node", ""),
            fields.whole("pid", 0),
            fields.whole("pstart", 0),
            fields.moment("started", Instant.EPOCH),
            fields.text("type", ""),
            fields.text("id", ""),
            fields.text("user", "")));

    private final String upid;
    private final String node;
    private final long pid;
    private final long pstart;
    private final Instant started;
    private final String type;
    private final String id;
    private final String user;
    private final List<Line> log = new ArrayList<>();
    int warnings;
    private Instant ended;
    private String exitStatus;

    record Line(Instant at, String text) {
        static final Form<Line> FORM = Form.value(
                new Line(Instant.EPOCH, ""),
                (fields, line) -> new Line(fields.moment("at", line.at), fields.text("text", line.text)));
    }

    /// @param id with what would end a field of the UPID escaped
    SimTask(String node, long pid, long pstart, Instant started, String type, String id, String user) {
        this.node = node;
        this.pid = pid;
        this.pstart = pstart;
        this.started = started;
        this.type = type;
        this.id = id;
        this.user = user;
        // PVE::UPID::upid_encode
        this.upid = "UPID:%s:%08X:%08X:%08X:%s:%s:%s:"
                .formatted(node, pid, pstart, started.getEpochSecond(), type, this.id, user);
    }

    public String upid() {
        return upid;
    }

    public String node() {
        return node;
    }

    public long pid() {
        return pid;
    }

    public long pstart() {
        return pstart;
    }

    public Instant started() {
        return started;
    }

    public String type() {
        return type;
    }

    /// What it works on, often a vmid; may be empty.
    public String id() {
        return id;
    }

    /// `user@realm`, with `!token` where a token started it.
    public String user() {
        return user;
    }

    public boolean isRunning() {
        return exitStatus == null;
    }

    /// `OK`, `WARNINGS: n` or the text of the failure; empty while it runs.
    public Optional<String> exitStatus() {
        return Optional.ofNullable(exitStatus);
    }

    public Optional<Instant> ended() {
        return Optional.ofNullable(ended);
    }

    /// The lines written up to now.
    public List<String> log(Instant now) {
        return log.stream()
                .filter(line -> !line.at().isAfter(now))
                .map(Line::text)
                .toList();
    }

    void say(Instant at, String line) {
        log.add(new Line(at, line));
    }

    void end(Instant at, String status) {
        // Lines of a step that was interrupted before it came to them.
        log.removeIf(line -> line.at().isAfter(at));
        var verdict =
                status.equals("OK") || status.startsWith("WARNINGS: ") ? "TASK " + status : "TASK ERROR: " + status;
        log.add(new Line(at, verdict));
        ended = at;
        exitStatus = status;
    }

    /// Ends without a last line in its log, as a task does whose host went down.
    void abandon(Instant at) {
        log.removeIf(line -> line.at().isAfter(at));
        ended = at;
        exitStatus = "unexpected status";
    }

    /// Of a task that is over: one that runs has work before it that no file can hold.
    @Override
    public void fields(Fields fields) {
        fields.fixed("node", node);
        fields.fixed("pid", pid);
        fields.fixed("pstart", pstart);
        fields.moment("started", started);
        fields.fixed("type", type);
        fields.fixed("id", id);
        fields.fixed("user", user);
        ended = fields.maybe("ended", ended(), Form.MOMENT).orElse(null);
        exitStatus = fields.maybe("exitStatus", exitStatus(), Form.TEXT).orElse(null);
        fields.all("log", log, Line.FORM);
    }
}

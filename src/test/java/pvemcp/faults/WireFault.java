package pvemcp.faults;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import pvemcp.lab.Answer;

/// What may happen to a request on its way, by its number in docs/security-tests.md, and what a caller is told in the
/// end if it happens each time.
enum WireFault {
    F10_MOVED(refused("not_pve"), raw("301 Moved", "Location: https://127.0.0.1:1/x\r\nContent-Length: 0\r\n\r\n")),
    F10_ELSEWHERE(refused("not_pve"), raw("307 Elsewhere", "Location: /x\r\nContent-Length: 0\r\n\r\n")),
    F11_F12_CLOSED_BEFORE_IT_IS_DONE(lost(), Answer.nothing()),
    F11_F12_CLOSED_ONCE_IT_IS_DONE(lost(), Answer.nothing().onceDone()),
    F11_F12_TORN_BEFORE_IT_IS_DONE(lost(), Answer.torn()),
    F11_F12_TORN_ONCE_IT_IS_DONE(lost(), Answer.torn().onceDone()),
    F13_STALE(harmless(), Answer.stale()),
    F14_TORN_IN_THE_HEAD(lost(), Answer.reset(20)),
    F14_TORN_IN_THE_BODY(lost(), Answer.reset(-5)),
    F15_SHORTER_THAN_ITS_LENGTH(lost(), Answer.cut(-3)),
    F16_CUT_WITHOUT_A_LENGTH(lost(), Answer.truncated(3)),
    F17_LOGIN_PAGE(odd(), raw("200 OK", "Content-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>")),
    F17_LOGIN_PAGE_ONCE_IT_IS_DONE(
            odd(),
            raw("200 OK", "Content-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>")
                    .onceDone()),
    F17_EMPTY(odd(), raw("200 OK", "Content-Length: 0\r\n\r\n")),
    F17_NO_DATA(odd(), json("{}")),
    F17_MORE_THAN_JSON(odd(), json("{\"data\":1} x")),
    F17_DOUBLED_KEYS(odd(), json("{\"data\":1,\"data\":2}").onceDone()),
    F17_SHORTER_LENGTH_THAN_BODY(
            odd(),
            raw("200 OK", "Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"data\":1}")
                    .onceDone()),
    F18_BOMB(odd(), Answer.gzip(spaces())),
    F18_DAMAGED(
            lost(),
            raw(
                    "200 OK",
                    "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!")),
    F19_DRIP(slow(), Answer.drip()),
    F19_SILENCE(slow(), Answer.silence()),
    F19_SILENCE_ONCE_IT_IS_DONE(slow(), Answer.silence().onceDone()),
    F21_HEADERS_WITHOUT_END(lost(), Answer.headerFlood()),
    F21_GARBAGE(lost(), Answer.raw("\u0000\u0001\u0002 this is no HTTP\r\n\r\n").onceDone()),
    F21_TWO_LENGTHS(
            lost(),
            raw(
                            "200 OK",
                            "Content-Type: application/json\r\nContent-Length: 5\r\nContent-Length: 10\r\n\r\n{\"data\":1}")
                    .onceDone()),
    F21_OLD_HTTP(harmless(), Answer.old()),
    F22_PARAMETERS(refused("bad_arguments"), Answer.refusal(400, "Parameter verification failed.")),
    F23_TOKEN(refused("unauthorized"), Answer.reasonOnly(401, "Authentication failed!")),
    F27_RIGHT(refused("forbidden"), Answer.refusal(403, "Permission check failed (/vms/102, VM.PowerMgmt)")),
    F28_NOT_FOR_TOKENS(
            refused("forbidden"),
            Answer.refusal(403, "Permission check failed (URI '/x' not available with API token, need proper ticket.")),
    F29_GONE(refused("not_found"), Answer.refusal(500, "storage 'local' does not exist")),
    F31_OTHER_WORDS(refused("pve_error"), Answer.refusal(500, "got unexpected replication job error")),
    F31_REASON_ALONE(refused("pve_error"), Answer.reasonOnly(500, "unable to open file")),
    F32_TOO_LARGE(refused("not_implemented"), Answer.reasonOnly(501, "for data too large")),
    F33_BAD_GATEWAY(lost(), gateway("502 Bad Gateway")),
    F33_BAD_GATEWAY_ONCE_IT_IS_DONE(lost(), gateway("502 Bad Gateway").onceDone()),
    F33_BUSY_GATEWAY(refused("unreachable"), gateway("503 Service Unavailable")),
    F33_GATEWAY_TIMEOUT(lost(), gateway("504 Gateway Time-out")),
    F33_GATEWAY_TIMEOUT_ONCE_IT_IS_DONE(lost(), gateway("504 Gateway Time-out").onceDone()),
    F34_NODE_NOT_REACHED(refused("unreachable"), Answer.reasonOnly(595, "No route to host")),
    F35_TIME_UP_BETWEEN_NODES(lost(), Answer.reasonOnly(596, "Connection timed out")),
    F35_TIME_UP_BETWEEN_NODES_ONCE_IT_IS_DONE(
            lost(), Answer.reasonOnly(596, "Connection timed out").onceDone()),
    F36_BODY_LOST_BETWEEN_NODES(lost(), Answer.reasonOnly(597, "Broken pipe").onceDone()),
    F37_OTHER_BETWEEN_NODES(lost(), Answer.reasonOnly(599, "Too many redirections")),
    F38_NODE_UNKNOWN(
            refused("not_found"),
            Answer.refusal(500, "hostname lookup 'pve9' failed - failed to get address info for: pve9: unknown")),
    F38_LOOP(refused("pve_error"), Answer.refusal(500, "proxy loop detected")),
    F46_NO_QUORUM(refused("no_quorum"), Answer.refusal(500, "cluster not ready - no quorum?")),
    F47_CLUSTER_FILE_SYSTEM_OFF(
            refused("no_quorum"),
            Answer.refusal(500, "cfs-lock 'file-user_cfg' error: pve cluster filesystem not online.")),
    F48_LOCKED(refused("locked"), Answer.refusal(500, "VM is locked (backup)")),
    F49_LOCK_FILE(
            refused("locked"),
            Answer.refusal(500, "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout")),
    F50_CLUSTER_LOCK(
            refused("locked"), Answer.refusal(500, "cfs-lock 'storage-local' error: got lock request timeout")),
    F51_CHANGED_MEANWHILE(
            refused("conflict"),
            Answer.refusal(500, "detected modified configuration - file changed by other user? Try again.")),
    F53_TAKEN(refused("pve_error"), Answer.refusal(500, "CT 102 already exists on node 'pve1'"));

    /// @param read the codes of which one is told to who reads; `done` where the client gets over it
    /// @param write the same for who writes
    /// @param patience how long the client waits for a whole answer
    record Told(Set<String> read, Set<String> write, Duration patience) {
        private static final Duration LONG = Duration.ofSeconds(60);

        private Told(Set<String> read, Set<String> write) {
            this(read, write, LONG);
        }

        /// Whether it is the client that ends the exchange, when its time is up.
        boolean takesTime() {
            return patience.compareTo(LONG) < 0;
        }
    }

    private final Told told;
    private final Answer answer;

    WireFault(Told told, Answer answer) {
        this.told = told;
        this.answer = answer;
    }

    Told told() {
        return told;
    }

    Answer answer() {
        return answer;
    }

    /// Whether a read that is hit once is made again, in its time and on the same way, and succeeds.
    boolean passes() {
        return told.read().equals(Set.of("unreachable")) && !told.takesTime() && this != F34_NODE_NOT_REACHED;
    }

    /// Nobody notices.
    private static Told harmless() {
        return new Told(Set.of("done"), Set.of("done"));
    }

    /// A read fails, having been tried again; a write is in doubt, unless it can be seen what became of it.
    private static Told lost() {
        return new Told(Set.of("unreachable"), Set.of("ambiguous", "done", "not_done"));
    }

    /// A busy machine is to be done with what is not slow on purpose within that time.
    private static Told slow() {
        return new Told(Set.of("unreachable"), Set.of("ambiguous", "done", "not_done"), Duration.ofSeconds(1));
    }

    private static Told odd() {
        return new Told(Set.of("not_pve"), Set.of("ambiguous", "done", "not_done"));
    }

    private static Told refused(String code) {
        return new Told(Set.of(code), Set.of(code));
    }

    private static Answer raw(String status, String rest) {
        return Answer.raw("HTTP/1.1 " + status + "\r\nConnection: close\r\n" + rest);
    }

    private static Answer json(String body) {
        return raw("200 OK", "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static Answer gateway(String status) {
        return raw(status, "Content-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>no</p>");
    }

    private static byte[] spaces() {
        return ("{\"data\":1}" + " ".repeat(2 << 20)).getBytes(StandardCharsets.US_ASCII);
    }
}

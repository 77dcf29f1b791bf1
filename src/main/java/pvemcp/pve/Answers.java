package pvemcp.pve;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// What PVE answered, as the envelope it sent or as the fault it means. A fault is recognised by the exact
/// words of the Perl that says them; what is not recognised stays [PveFault.Unexpected]. Loaded with the first
/// answer.
final class Answers {
    // PVE::RPCEnvironment::check, check_full and their kin: the path may be empty, the privileges joined by '|'.
    private static final Pattern PERMISSION = Pattern.compile("Permission check failed \\((/[^ ,]*|), ([\\w.|]+)\\)");

    private interface Reading {
        PveFault fault(Matcher words, String message);
    }

    private record Wording(Pattern pattern, Reading reading) {}

    // Searched in the first line of the message: an outer operation often puts its own words in front, as in
    // "unable to restore VM 100 - can't lock file …" or "delete pool failed: pool 'dev' does not exist".
    private static final List<Wording> WORDINGS = List.of(
            // PVE::AbstractConfig::check_lock
            wording("\\b(VM|CT) is locked \\((\\S+)\\)$", (m, all) -> new PveFault.Locked(m.group(1), m.group(2), all)),
            // PVE::Tools::lock_file_full
            wording("can't lock file '([^']+)' - got timeout", (m, all) -> new PveFault.Locked(m.group(1), "", all)),
            // PVE::Cluster::cfs_lock
            wording(
                    "cfs-lock '([^']+)' error: got lock request timeout",
                    (m, all) -> new PveFault.Locked(m.group(1), "", all)),
            // PVE::Network::SDN: its lock is held with a token that others do not have
            wording("\\binvalid lock token provided!", (_, all) -> new PveFault.Locked("SDN configuration", "", all)),
            // PVE::Cluster::check_cfs_quorum
            wording("cluster not ready - no quorum\\?", (_, all) -> new PveFault.NoQuorum(all)),
            // PVE::Cluster::cfs_lock
            wording(
                    "cfs-lock '[^']+' error: (no quorum!|pve cluster filesystem not online)",
                    (_, all) -> new PveFault.NoQuorum(all)),
            // PVE::Tools::assert_if_modified
            wording(
                    "detected modified configuration - file changed by other user\\? Try again\\.",
                    (_, all) -> new PveFault.Conflict(all)),
            // PVE::API2::Qemu, update_vm_api
            wording("checksum mismatch \\(file change by other user\\?\\)", (_, all) -> new PveFault.Conflict(all)),
            // PVE::AbstractConfig::load_config
            wording(
                    "Configuration file 'nodes/([^/']+)/(?:qemu-server|lxc)/(\\d+)\\.conf' does not exist",
                    (m, all) -> new PveFault.Missing("guest " + m.group(2) + " on node " + m.group(1), all)),
            // PVE::API2::Pool
            wording(
                    "\\bparent '([^']+)' of pool '[^']+' does not exist$",
                    (m, all) -> new PveFault.Missing("pool " + m.group(1), all)),
            // PVE::HA::Resources::PVEVM and PVECT
            wording(
                    "\\bresource '([^']+)' does not exist in cluster$",
                    (m, all) -> new PveFault.Missing("resource " + m.group(1), all)),
            // PVE::SectionConfig and its users; PVE::AccessControl; PVE::AbstractConfig::snapshot_delete;
            // PVE::Storage.
            wording(
                    "\\b(storage|pool|group|role|user|domain|authentication domain|snapshot|disk|volume|HA rule|sdn vnet"
                            + "|sdn|status server entry) '([^']+)' does not exist$",
                    (m, all) -> new PveFault.Missing(m.group(1) + " " + m.group(2), all)),
            // PVE::AccessControl::check_user_exist, check_token_exist
            wording("\\bno such user \\('([^']+)'\\)", (m, all) -> new PveFault.Missing("user " + m.group(1), all)),
            wording(
                    "\\bno such token '([^']+)' for user '([^']+)'",
                    (m, all) -> new PveFault.Missing("token " + m.group(2) + "!" + m.group(1), all)),
            // PVE::HA::Config, PVE::API2::ReplicationConfig, PVE::Firewall, PVE::Cluster::check_node_exists
            wording(
                    "\\bno such (ha rule|resource|replication job|job|IPSet|security group|group|cluster node)"
                            + " '([^']+)'$",
                    (m, all) -> new PveFault.Missing(m.group(1) + " " + m.group(2), all)),
            // PVE::API2::Backup
            wording("^no such vzdump job$", (_, all) -> new PveFault.Missing("backup job", all)),
            // PVE::API2::Firewall::Rules
            wording("^no rule at position (\\d+)$", (m, all) -> new PveFault.Missing("rule " + m.group(1), all)),
            // Proxmox's Rust parts (notifications) answer 404.
            wording("^endpoint '([^']+)' not found$", (m, all) -> new PveFault.Missing("endpoint " + m.group(1), all)),
            // PVE::INotify / PVE::Tools::getaddrinfo_all, through PVE::Cluster::remote_node_ip: a node of no
            // such name.
            wording(
                    "^hostname lookup '([^']+)' failed - failed to get address info",
                    (m, all) -> new PveFault.Missing("node " + m.group(1), all)));

    private Answers() {}

    private static Wording wording(String pattern, Reading reading) {
        return new Wording(Pattern.compile(pattern), reading);
    }

    /// The envelope of an answer that says yes.
    ///
    /// @param hidden texts that must not appear in a fault
    /// @throws PveException with the fault any other answer means
    static Json.Obj envelope(Request request, String endpoint, Outcome.Answered answer, List<String> hidden) {
        if (answer.status() >= 200 && answer.status() < 300) {
            return success(request, endpoint, answer);
        }
        throw new PveException(fault(request, endpoint, answer, hidden));
    }

    private static Json.Obj success(Request request, String endpoint, Outcome.Answered answer) {
        if (answer.body().length == 0) {
            throw unusable(request, endpoint, "the answer is empty");
        }
        if (!answer.isJson()) {
            throw unusable(
                    request, endpoint, "the answer is '%s' instead of JSON".formatted(clean(answer.contentType())));
        }
        try {
            if (Json.parse(answer.body(), Json.Limits.DEFAULT) instanceof Json.Obj envelope && envelope.has("data")) {
                return envelope;
            }
        } catch (JsonException e) {
            throw unusable(request, endpoint, "the answer is not whole JSON: " + clean(e.getMessage()));
        }
        throw unusable(request, endpoint, "the answer is JSON, but not of PVE: it has no 'data'");
    }

    /// A write that was answered by something unusable may have been carried out.
    private static PveException unusable(Request request, String endpoint, String why) {
        return new PveException(
                request.safe()
                        ? new PveFault.NotPve(endpoint, why)
                        : new PveFault.Ambiguous(request.verb(), request.path(), why));
    }

    static PveFault fault(Request request, String endpoint, Outcome.Answered answer, List<String> hidden) {
        var body = body(answer);
        // Before libpve-http-server-perl 5.2.0 the reason phrase alone says why; a 401 and all 59x do so in
        // every version.
        var message = hide(
                clean(body.flatMap(json -> json.text("message"))
                        .filter(text -> !text.isBlank())
                        .or(() -> bare(answer))
                        .orElse(answer.reason())),
                hidden);
        int status = answer.status();
        return switch (status) {
            case 301, 302, 303, 307, 308 ->
                new PveFault.NotPve(endpoint, "it redirects, and redirects are not followed");
            case 400 ->
                recognised(request, message).orElseGet(() -> new PveFault.Invalid(message, problems(body, hidden)));
            case 401 -> new PveFault.Unauthorized(endpoint, message);
            case 403 -> forbidden(message);
            case 501 -> new PveFault.NotImplemented(message);
            // AnyEvent::HTTP: the connection to the node behind this one failed, so nothing was sent to it.
            case 595 -> new PveFault.Unreachable(behind(request, endpoint), message);
            // The same, in later phases (596 TLS and request, 597 body, 599 other), and gateways: 502, 504.
            case 502, 504, 596, 597, 599 ->
                request.safe()
                        ? new PveFault.Unreachable(behind(request, endpoint), status + " " + message)
                        : new PveFault.Ambiguous(request.verb(), request.path(), status + " " + message);
            case 503 -> new PveFault.Unreachable(endpoint, status + " " + message);
            default -> recognised(request, message).orElseGet(() -> new PveFault.Unexpected(status, message));
        };
    }

    private static Optional<Json.Obj> body(Outcome.Answered answer) {
        if (!answer.isJson() || answer.body().length == 0) {
            return Optional.empty();
        }
        try {
            return Json.parse(answer.body(), Json.Limits.DEFAULT) instanceof Json.Obj object
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (JsonException _) {
            return Optional.empty(); // The reason phrase still says why.
        }
    }

    /// What a backup server says why: the text alone, though it is called JSON (proxmox-rest-server,
    /// error_to_response).
    private static Optional<String> bare(Outcome.Answered answer) {
        var text = answer.isJson() ? new String(answer.body(), StandardCharsets.UTF_8).strip() : "";
        boolean json = text.isEmpty() || text.equals("null") || "{[\"".indexOf(text.charAt(0)) >= 0;
        return json ? Optional.empty() : Optional.of(text);
    }

    private static Optional<PveFault> recognised(Request request, String message) {
        var first = message.lines().findFirst().orElse("");
        if (first.endsWith("400 Parameter verification failed.")) {
            return Optional.of(new PveFault.Invalid(first, listed(message)));
        }
        for (var wording : WORDINGS) {
            var matcher = wording.pattern().matcher(first);
            if (matcher.find()) {
                return Optional.of(placed(wording.reading().fault(matcher, message), request));
            }
        }
        return Optional.empty();
    }

    /// An outer operation repeats the problems of an inner one as lines of text (PVE::Exception::stringify).
    private static Map<String, String> listed(String message) {
        var problems = new LinkedHashMap<String, String>();
        message.lines().skip(1).forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                problems.put(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        return problems;
    }

    /// PVE says that "VM is locked", and the path says which.
    private static PveFault placed(PveFault fault, Request request) {
        var parts = request.path().split("/");
        return fault instanceof PveFault.Locked(var what, var by, var message)
                        && what.length() == 2
                        && parts.length > 4
                        && parts[4].matches("\\d+")
                ? new PveFault.Locked(what + " " + parts[4], by, message)
                : fault;
    }

    private static PveFault forbidden(String message) {
        var matcher = PERMISSION.matcher(message);
        return matcher.find()
                ? new PveFault.Forbidden(matcher.group(1), matcher.group(2), message)
                : new PveFault.Forbidden("", "", message);
    }

    private static Map<String, String> problems(Optional<Json.Obj> body, List<String> hidden) {
        var problems = new LinkedHashMap<String, String>();
        body.flatMap(json -> json.object("errors"))
                .ifPresent(errors -> errors.members()
                        .forEach((name, problem) -> problems.put(
                                clean(name), hide(clean(problem.scalarText().orElseGet(problem::write)), hidden))));
        return problems;
    }

    /// `node pve2 (through https://pve1:8006)` where the path names a node.
    private static String behind(Request request, String endpoint) {
        return request.node().isEmpty() ? endpoint : "node %s (through %s)".formatted(request.node(), endpoint);
    }

    /// Without control characters, trailing newlines and what is beyond 2,000 characters.
    static String clean(String text) {
        var out = new StringBuilder();
        text.strip().codePoints().limit(2_000).forEach(c -> {
            if (c == '\n' || c == '\t' || (!Character.isISOControl(c) && Character.getType(c) != Character.FORMAT)) {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static String hide(String text, List<String> hidden) {
        var out = text;
        for (var secret : hidden) {
            if (secret.length() >= 4) {
                out = out.replace(secret, Secret.MASK);
            }
        }
        return out;
    }
}

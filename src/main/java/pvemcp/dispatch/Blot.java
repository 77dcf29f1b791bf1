package pvemcp.dispatch;

import java.util.List;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.Secret;

/// Blots out what looks like a secret in texts that are written down, wherever a caller has put it: in notes, in a
/// command, in an argument that no operation has. Nothing is known of it, so it is found by what stands around it;
/// rather too much than too little, since only the audit log lacks it.
final class Blot {
    private static final String NAME =
            "(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|(?:api|private|access|secret)[-_]?key)s?";
    private static final String VALUE = "(?:\"[^\"]*\"|'[^']*'|[^\\s,;&\"']+)";

    // Each begins with something fixed and is bounded up to its last fixed part: these texts may be files.
    private static final List<Pattern> SECRETS = List.of(
            // password=x, "api_key": "x", secret => 'x', PVEAPIToken=user@realm!name=x
            Pattern.compile("(?i)(" + NAME + "[\"']?\\s{0,8}(?::=|=>|[:=])\\s{0,8})" + VALUE),
            // --password x
            Pattern.compile("(?i)((?<!\\S)--?[\\w-]{0,32}" + NAME + "\\s{1,8})" + VALUE),
            // curl -u user:x
            Pattern.compile("((?<!\\S)(?:-u|--user)\\s{1,8}[\"']?[^\\s:\"']{1,128}:)[^\\s\"']+"),
            // https://user:x@host
            Pattern.compile("(://[^/\\s@:]{0,128}:)[^/\\s@]{1,256}(?=@)"),
            // Authorization: Bearer x
            Pattern.compile("(?i)(\\b(?:bearer|basic)\\s{1,8})[\\w.~+/=-]{8,}"),
            // Tickets (PVE::Ticket::assemble_rsa_ticket): PVE:user@realm:65A1B2C3::signature
            Pattern.compile("(\\bPVE[A-Z]{0,8}:)[^\\s\":]{1,128}:[0-9A-F]{8}::[\\w+/=]{8,}"),
            Pattern.compile("(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----)(?s:.*?)(?=-----END|$)"));

    private Blot() {}

    static String out(String text) {
        var blotted = text;
        for (var secret : SECRETS) {
            blotted = secret.matcher(blotted).replaceAll("$1" + Secret.MASK);
        }
        return blotted;
    }

    static List<String> out(List<String> texts) {
        return texts.stream().map(Blot::out).toList();
    }

    /// Before they become lines, in which quotes are no longer what they were.
    static List<Wires.Sent> outOf(List<Wires.Sent> requests) {
        return requests.stream()
                .map(request -> new Wires.Sent(request.verb(), request.path(), out(request.params())))
                .toList();
    }

    static Json.Obj out(Json.Obj object) {
        return object.replaced(name -> name, Blot::out);
    }
}

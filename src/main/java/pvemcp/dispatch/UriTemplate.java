package pvemcp.dispatch;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Templates with one variable at most, at the end: `pve://guest/{guest}` (RFC 6570 level 1).
final class UriTemplate {
    private UriTemplate() {}

    /// The variables, decoded; empty where the URI is none of this template. A last variable named `path` takes
    /// slashes too.
    static Optional<Map<String, String>> match(String template, String uri) {
        int brace = template.indexOf('{');
        if (brace < 0) {
            return template.equals(uri) ? Optional.of(Map.of()) : Optional.empty();
        }
        var head = template.substring(0, brace);
        var name = template.substring(brace + 1, template.length() - 1);
        if (!uri.startsWith(head) || uri.length() == head.length()) {
            return Optional.empty();
        }
        var rest = uri.substring(head.length());
        if (rest.contains("/") && !name.equals("path")) {
            return Optional.empty();
        }
        var variables = new LinkedHashMap<String, String>();
        try {
            variables.put(name, URLDecoder.decode(rest.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(variables);
    }
}

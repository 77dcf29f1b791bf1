package pvemcp.dispatch;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Templates whose variables are whole segments: `pve://{cluster}/guest/{guest}` (RFC 6570 level 1).
final class UriTemplate {
    private UriTemplate() {}

    /// The variables, decoded; empty where the URI is none of this template. A last variable named `path` takes
    /// slashes too.
    static Optional<Map<String, String>> match(String template, String uri) {
        var variables = new LinkedHashMap<String, String>();
        int in = 0;
        int at = 0;
        for (int brace = template.indexOf('{'); brace >= 0; brace = template.indexOf('{', in)) {
            var before = template.substring(in, brace);
            in = template.indexOf('}', brace) + 1;
            var name = template.substring(brace + 1, in - 1);
            if (!uri.startsWith(before, at)) {
                return Optional.empty();
            }
            at += before.length();
            int slash = name.equals("path") ? -1 : uri.indexOf('/', at);
            int end = slash < 0 ? uri.length() : slash;
            if (end == at) {
                return Optional.empty();
            }
            try {
                var value = uri.substring(at, end).replace("+", "%2B");
                variables.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            at = end;
        }
        return uri.substring(at).equals(template.substring(in)) ? Optional.of(variables) : Optional.empty();
    }
}

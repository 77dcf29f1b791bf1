package pvemcp.mcp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which names this server goes by, and which web pages may speak to it.
///
/// A page anywhere can make its own name lead to this machine (DNS rebinding); its browser then sends that name as
/// `Host`, which tells it from a client that means us. A list that is empty allows nothing.
///
/// @param hosts names in lower case, besides those of the loopback interface
/// @param origins as browsers write them, besides the server's own
record Doorplate(List<String> hosts, List<String> origins) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    Doorplate {
        hosts = hosts.stream().map(host -> name(host)).toList();
        origins = List.copyOf(origins);
    }

    /// Why a request is not taken; empty where it is.
    ///
    /// @param host every `Host` of the request
    /// @param origin every `Origin` of the request; browsers send one, other programs none
    Optional<String> refusal(List<String> host, List<String> origin) {
        if (host.size() != 1) {
            return Optional.of("A request needs one Host header");
        }
        var name = name(host.getFirst());
        if (!LOOPBACK.contains(name) && !hosts.contains(name)) {
            return Optional.of(
                    "'" + Text.brief(name) + "' is no name of this server: http.hosts lists those it goes by");
        }
        for (var page : origin) {
            if (!allows(page, host.getFirst())) {
                return Optional.of("Pages of '" + Text.brief(page)
                        + "' may not use this server: http.origins lists those that may");
            }
        }
        return Optional.empty();
    }

    private boolean allows(String origin, String host) {
        return origins.contains(origin)
                || origin.equalsIgnoreCase("http://" + host)
                || origin.equalsIgnoreCase("https://" + host);
    }

    /// The name without its port, in lower case.
    private static String name(String host) {
        int end = host.startsWith("[") ? host.indexOf(']') + 1 : host.lastIndexOf(':');
        var name = end > 0 ? host.substring(0, end) : host;
        return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
    }
}

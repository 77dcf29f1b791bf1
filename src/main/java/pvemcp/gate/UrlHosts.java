package pvemcp.gate;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;

/// Where PVE may be sent to by a URL: downloads, webhooks, directories of certificates, registries of images. Judges
/// by the name in the URL: the nodes resolve it, and follow where its server redirects them.
///
/// @param listed hosts, `host:port`, `*.example.org` for all below it, `*` for every name and public address; empty
///     is `*`
public record UrlHosts(List<String> listed) {
    // `redirect-url` (OpenID) and `tos_url` (ACME) are passed on, not fetched.
    private static final Set<String> NAMES = Set.of("url", "directory", "http_proxy", "issuer-url", "server");
    // RFC 6761, 6762, 8375, and what home routers and installers use.
    private static final List<String> LOCAL_NAMES =
            List.of(".localhost", ".localdomain", ".local", ".internal", ".lan", ".home.arpa");
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Set<String> OF_IMAGES =
            Set.of("/nodes/{node}/storage/{storage}/oci-registry-pull", "/nodes/{node}/query-oci-repo-tags");
    // What skopeo takes where a reference names no registry.
    private static final String DEFAULT_REGISTRY = "docker.io";

    public UrlHosts {
        listed = listed.stream()
                .map(host -> host.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    /// A host, as it can be listed.
    ///
    /// @param port empty where the URL has none
    private record Place(String host, String port) {}

    /// Why a request may not be made, where one of its URLs leads elsewhere.
    ///
    /// @param template of the operation's path
    public Optional<Verdict.Deny> judge(String template, Json.Obj params) {
        for (var param : params.members().entrySet()) {
            var text = param.getValue().scalarText().orElse("");
            var place = place(template, param.getKey(), text);
            if (place.isPresent()) {
                var why = problem(place.get());
                if (why.isPresent()) {
                    return Optional.of(deny(param.getKey(), place.get(), why.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static Verdict.Deny deny(String param, Place place, String why) {
        return new Verdict.Deny(
                "policy.url_hosts",
                "'%s': %s".formatted(param, why),
                place.host().isEmpty()
                        ? "write it as https://host/path"
                        : "the owner can add %s to policy.url_hosts".formatted(place.host()));
    }

    /// Where a parameter leads; empty for one that leads nowhere. What cannot be read plainly has no host.
    private static Optional<Place> place(String template, String name, String text) {
        if (name.equals("reference") && OF_IMAGES.contains(template)) {
            return Optional.of(registry(text));
        }
        boolean named = NAMES.contains(name) && (!name.equals("server") || text.contains("://"));
        return named && !text.isEmpty() ? Optional.of(of(text)) : Optional.empty();
    }

    /// `ghcr.io/owner/image:tag`; what stands before the first slash is a registry where it has a dot or a port.
    private static Place registry(String reference) {
        int slash = reference.indexOf('/');
        var first = slash < 0 ? "" : reference.substring(0, slash).toLowerCase(Locale.ROOT);
        if (!first.contains(".") && !first.contains(":") && !first.equals("localhost")) {
            return new Place(DEFAULT_REGISTRY, "");
        }
        int colon = first.indexOf(':');
        return colon < 0 ? new Place(first, "") : new Place(first.substring(0, colon), first.substring(colon + 1));
    }

    private static Place of(String text) {
        var nowhere = new Place("", "");
        try {
            var url = new URI(templated(text));
            boolean plain = url.getScheme() != null
                    && SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT))
                    && url.getRawUserInfo() == null
                    && url.getHost() != null;
            if (!plain || isOddNumber(url.getHost())) {
                return nowhere;
            }
            var host = url.getHost().toLowerCase(Locale.ROOT);
            var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return new Place(
                    bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare,
                    url.getPort() < 0 ? "" : Integer.toString(url.getPort()));
        } catch (URISyntaxException _) {
            return nowhere;
        }
    }

    /// Webhooks have places behind the host that PVE fills in (`{{ secrets.KEY }}`), which lead nowhere else. In
    /// front of it or in it they make it unreadable.
    private static String templated(String text) {
        int scheme = text.indexOf("://");
        int behind = scheme < 0 ? -1 : text.indexOf('/', scheme + 3);
        return behind < 0
                ? text
                : text.substring(0, behind) + text.substring(behind).replaceAll("\\{\\{[^{}]*}}", "x");
    }

    /// `127.1`, `0177.0.0.1` and `0x7f000001` are addresses to inet_aton(3), each in its own way.
    private static boolean isOddNumber(String host) {
        var last = host.substring(host.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return last.matches("[0-9]+|0x[0-9a-f]*") && !host.matches("(0|[1-9][0-9]{0,2})([.](0|[1-9][0-9]{0,2})){3}");
    }

    private Optional<String> problem(Place place) {
        if (place.host().isEmpty()) {
            return Optional.of("its host cannot be read, or it has a user in it, or is neither http nor https");
        }
        if (listed.contains(place.host()) || listed.contains(place.host() + ":" + place.port())) {
            return Optional.empty();
        }
        boolean below = listed.stream()
                .anyMatch(each -> each.startsWith("*.") && place.host().endsWith(each.substring(1)));
        if (below) {
            return Optional.empty();
        }
        if (!listed.isEmpty() && !listed.contains("*")) {
            return Optional.of("'%s' is none of the hosts that PVE may be sent to".formatted(place.host()));
        }
        return isPublic(place.host())
                ? Optional.empty()
                : Optional.of("'%s' is no public address".formatted(place.host()));
    }

    private static boolean isPublic(String host) {
        if (host.indexOf('%') >= 0) {
            return false; // A zone: of a network card of the node's.
        }
        try {
            return InetAddress.ofLiteral(host) instanceof Inet4Address four
                    ? isPublic(four.getAddress())
                    : isPublic6(InetAddress.ofLiteral(host).getAddress());
        } catch (IllegalArgumentException _) {
            // A name: only a node knows where it leads. One without a dot is of its own domain.
            return host.indexOf('.') >= 0 && LOCAL_NAMES.stream().noneMatch(host::endsWith);
        }
    }

    private static boolean isPublic(byte[] four) {
        int first = four[0] & 0xff;
        int second = four[1] & 0xff;
        boolean reserved = switch (first) {
            case 0, 10, 127 -> true;
            case 100 -> (second & 0xc0) == 64;
            case 169 -> second == 254;
            case 172 -> (second & 0xf0) == 16;
            case 192 -> second == 168 || (second == 0 && four[2] == 0);
            case 198 -> (second & 0xfe) == 18;
            default -> first >= 224;
        };
        return !reserved;
    }

    /// What is handed out to networks (2000::/3), but for those parts that only wrap an IPv4 address, which may be
    /// any: 6to4 (2002::/16) and Teredo (2001::/32). The other wrapping, NAT64 (64:ff9b::/96), is outside anyway.
    private static boolean isPublic6(byte[] six) {
        boolean global = (six[0] & 0xe0) == 0x20;
        boolean wraps = six[0] == 0x20 && (six[1] == 2 || (six[1] == 1 && six[2] == 0 && six[3] == 0));
        return global && !wraps;
    }
}

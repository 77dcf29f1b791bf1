package pvemcp.mcp;

import java.net.URI;
import java.util.List;
import pvemcp.json.Json;

/// What a client has to know to get a token for this server (RFC 9728): where from, and with which scopes.
///
/// @param resource what clients call this server, such as `https://mcp.example.org/mcp`; tokens are asked for it
///     (RFC 8707)
/// @param issuers the authorization servers, the one that clients should try first before the others
/// @param scopes all that mean something here
/// @param entry those that are enough to come in
public record ProtectedResource(URI resource, List<URI> issuers, List<String> scopes, List<String> entry) {
    private static final String WELL_KNOWN = "/.well-known/oauth-protected-resource";

    public ProtectedResource {
        issuers = List.copyOf(issuers);
        scopes = List.copyOf(scopes);
        entry = List.copyOf(entry);
    }

    /// Whether the metadata is at this path: at the root, and where RFC 9728 §3.1 puts it for a resource with a path.
    boolean isAt(String path) {
        return path.equals(WELL_KNOWN) || path.equals(WELL_KNOWN + suffix());
    }

    Json.Obj metadata() {
        return Json.obj(
                "resource", resource.toString(),
                "authorization_servers",
                        Json.strings(issuers.stream().map(URI::toString).toList()),
                "scopes_supported", Json.strings(scopes),
                "bearer_methods_supported", Json.strings(List.of("header")),
                "resource_name", "pve-mcp: Proxmox VE");
    }

    /// The address of the metadata, as challenges name it.
    private String address() {
        return resource.resolve(WELL_KNOWN) + suffix();
    }

    private String suffix() {
        return resource.getPath().equals("/") ? "" : resource.getPath();
    }

    /// The parameters of a challenge that lead to a token (RFC 9728 §5.1, RFC 6750 §3).
    String parameters(List<String> wanted) {
        var scope = wanted.isEmpty() ? "" : ", scope=\"" + String.join(" ", wanted) + '"';
        return "resource_metadata=\"" + address() + '"' + scope;
    }
}

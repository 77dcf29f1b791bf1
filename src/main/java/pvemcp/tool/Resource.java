package pvemcp.tool;

import java.util.Map;

/// Something a client may read by its URI, such as `pve://guest/{guest}`; a template where braces stand in it.
///
/// Each name in braces is also what completes it: `guest`, `node`, `storage`, `task`.
public record Resource(String uri, String name, String title, String doc, String mimeType, Reader reader) {
    /// Reads one resource as text of the declared type.
    @FunctionalInterface
    public interface Reader {
        String read(ToolContext ctx, Map<String, String> variables);
    }
}

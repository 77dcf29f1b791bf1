package pvemcp.tool;

import java.util.List;
import java.util.Map;

/// Something a client may read by its URI, such as `pve://guest/{guest}`; a template where braces stand in it.
///
/// Each name in braces is also what completes it: `guest`, `node`, `storage`, `task`.
///
/// @param reads what it shows of a cluster, for policy to judge
public record Resource(String uri, String name, String title, String doc, String mimeType, Reader reader, Reads reads) {
    /// One that shows nothing of a cluster.
    public Resource(String uri, String name, String title, String doc, String mimeType, Reader reader) {
        this(uri, name, title, doc, mimeType, reader, _ -> List.of());
    }

    /// Reads one resource as text of the declared type.
    @FunctionalInterface
    public interface Reader {
        String read(ToolContext ctx, Map<String, String> variables);
    }

    /// The calls whose answers one resource is made of.
    @FunctionalInterface
    public interface Reads {
        List<Read> of(Map<String, String> variables);
    }

    /// @param tool the name of the tool whose call it is
    public record Read(String tool, Call<?> call) {}
}

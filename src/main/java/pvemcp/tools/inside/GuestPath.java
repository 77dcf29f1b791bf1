package pvemcp.tools.inside;

import java.util.List;
import pvemcp.remote.GuestFiles;
import pvemcp.tool.BadArguments;
import pvemcp.view.Clean;

/// Where a file is inside a guest.
final class GuestPath {
    private GuestPath() {}

    /// The path as it is.
    ///
    /// @throws BadArguments where it does not begin at the root
    static String absolute(String path) {
        try {
            return GuestFiles.requireAbsolute(path);
        } catch (IllegalArgumentException e) {
            throw new BadArguments(List.of("argument 'path': " + Clean.oneLine(e.getMessage())));
        }
    }
}

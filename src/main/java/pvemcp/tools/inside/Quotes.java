package pvemcp.tools.inside;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.Guest;
import pvemcp.remote.Output;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// What came out of a guest, as it is shown.
final class Quotes {
    private Quotes() {}

    /// The outputs of a command, each where it said something.
    static List<View> of(Guest guest, Output output) {
        var views = new ArrayList<View>();
        quote(views, "stdout of guest " + guest.vmid(), output.out());
        quote(views, "stderr of guest " + guest.vmid(), output.err());
        return views;
    }

    private static void quote(List<View> views, String source, String text) {
        if (!text.isEmpty()) {
            views.add(new View.Log(source, lines(text)));
        }
    }

    /// Text of a guest line by line, cleaned.
    static List<String> lines(String text) {
        return text.lines().map(Clean::line).toList();
    }

    /// The exit status; empty where it ended otherwise, or has not ended.
    static Optional<Integer> exit(Output output) {
        var exit = output.exit();
        return exit.isPresent() ? Optional.of(exit.getAsInt()) : Optional.empty();
    }
}

package pvemcp.tool;

import java.util.List;

/// What a call would do, said before it is done.
///
/// @param summary one sentence: `stop VM 101 'web' on pve1 (running)`
/// @param requests the exact requests, such as `POST /nodes/pve1/qemu/101/status/stop`, where they are known
///     beforehand
/// @param warnings what cannot be undone, who else is affected
public record Preview(String summary, List<String> requests, List<String> warnings) {
    public Preview {
        requests = List.copyOf(requests);
        warnings = List.copyOf(warnings);
    }
}

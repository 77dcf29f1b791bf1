package pvemcp.sim.world;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/// A guest's firewall file. Mutable; the simulator's lock guards it.
public final class GuestFirewall {
    public final SequencedMap<String, String> options = new TreeMap<>();
    /// The first one counts first; each by its parameters as text.
    public final List<SequencedMap<String, String>> rules = new ArrayList<>();
    /// Name to address and comment.
    public final SequencedMap<String, SequencedMap<String, String>> aliases = new TreeMap<>();
    /// Name to entries by address; the set's own comment is under the empty address.
    public final SequencedMap<String, SequencedMap<String, SequencedMap<String, String>>> sets = new TreeMap<>();
}

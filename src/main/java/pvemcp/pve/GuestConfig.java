package pvemcp.pve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// A guest's configuration: its options as text, by name, in the order of their names (PVE's own is random).
///
/// Not to be written back as it is: passwords are masked in it, and some keys only root may set.
///
/// @param digest the hash of the file, to be sent along with a change
public record GuestConfig(String digest, SequencedMap<String, String> options) {
    public GuestConfig {
        options = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(options));
    }

    static GuestConfig from(Fields f) {
        var options = new TreeMap<String, String>();
        f.all()
                .members()
                .forEach((name, value) -> options.put(name, value.scalarText().orElseGet(value::write)));
        options.remove("digest");
        return new GuestConfig(f.text("digest"), options);
    }

    public Optional<String> get(String option) {
        return Optional.ofNullable(options.get(option));
    }

    /// An option of several parts, such as `net0` or `scsi0`.
    public Optional<PropertyString> parts(String option) {
        return get(option).map(PropertyString::parse);
    }

    public boolean isProtected() {
        return "1".equals(options.get("protection"));
    }
}

package pvemcp.pve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/// PVE's `key=value,key=value` (PVE::JSONSchema::parse_property_string), such as
/// `virtio=BC:24:11:00:00:01,bridge=vmbr0` or `local-lvm:vm-100-disk-0,size=32G`. A value that stands without
/// key is kept under the empty key. Prints what it was read from, less blanks.
public record PropertyString(SequencedMap<String, String> values) {
    public PropertyString {
        values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }

    /// Takes every text: what is not `key=value` is the bare value, of which the last one counts.
    public static PropertyString parse(String text) {
        var values = new LinkedHashMap<String, String>();
        for (var part : text.split(",")) {
            var pair = part.strip();
            int equals = pair.indexOf('=');
            // A key is a word; a bare volume such as 'nfs:100/a=b.raw' is a value.
            if (equals > 0 && isKey(pair.substring(0, equals))) {
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            } else if (!pair.isEmpty()) {
                values.put("", pair);
            }
        }
        return new PropertyString(values);
    }

    private static boolean isKey(String text) {
        return text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /// The value without key, such as the volume of a disk.
    public Optional<String> bare() {
        return get("");
    }

    /// PVE::JSONSchema::parse_boolean in a property string: 1, on, yes, true and 0, off, no, false.
    public Optional<Boolean> flag(String key) {
        return get(key).flatMap(text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "on", "yes", "true" -> Optional.of(true);
            case "0", "off", "no", "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /// A copy with this value set, in its place where the key is there already.
    public PropertyString with(String key, String value) {
        var copy = new LinkedHashMap<>(values);
        copy.put(key, value);
        return new PropertyString(copy);
    }

    public PropertyString without(String key) {
        var copy = new LinkedHashMap<>(values);
        copy.remove(key);
        return new PropertyString(copy);
    }

    @Override
    public String toString() {
        var out = new StringBuilder();
        values.forEach((key, value) -> {
            out.append(out.isEmpty() ? "" : ",");
            out.append(key).append(key.isEmpty() ? "" : "=").append(value);
        });
        return out.toString();
    }
}

package pvemcp.schema;

import java.util.List;
import java.util.Optional;

/// What is said of storages and their volumes, as PVE::Storage::Plugin and its kin judge it.
record StorageWords(Rules rules) {
    /// Of a storage's id, where upper case is taken as well.
    static final String ID = "[a-z][a-z0-9\\-\\_\\.]*[a-z0-9]";

    private static final List<String> CONTENTS =
            List.of("images", "rootdir", "vztmpl", "iso", "backup", "snippets", "none", "import");

    static boolean isContent(String value) {
        return CONTENTS.contains(value);
    }

    boolean isVolume(String value) {
        return rules.matches("(?^i:" + ID + "):(.+)", value);
    }

    /// A directory of its own for one kind of content: `iso=isos`.
    Optional<String> directory(String value) {
        var wrong = "invalid override '" + value + "'";
        int equals = value.indexOf('=');
        if (equals < 1 || !rules.matches("[a-z]+", value.substring(0, equals))) {
            return Optional.of(wrong);
        }
        var content = value.substring(0, equals);
        var path = value.substring(equals + 1);
        // `[^.]*(?:\.?[^.]+)+`: not empty, no two dots in a row, none at the end.
        if (path.isEmpty() || path.contains("..") || path.endsWith(".")) {
            return Optional.of(wrong);
        }
        if (!isContent(content)) {
            return Optional.of("invalid content type '" + content + "'");
        }
        boolean fits = path.length() < 1023 && List.of(path.split("/")).stream().allMatch(name -> name.length() < 255);
        return fits ? Optional.empty() : Optional.of(wrong);
    }

    /// Of a ZFS volume.
    Optional<String> blockSize(String value) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!rules.matches("(?^i:([1-9][0-9]{0,9})([km])?)", value)) {
            return Optional.of("invalid ZFS blocksize format '" + value
                    + "'. Use a positive number (no leading zeros) with an optional 'k' or 'm' suffix.");
        }
        char unit = Character.toLowerCase(value.charAt(value.length() - 1));
        boolean bare = Character.isDigit(unit);
        long number = Long.parseLong(bare ? value : value.substring(0, value.length() - 1));
        long bytes = number * (unit == 'k' ? 1024 : unit == 'm' ? 1024 * 1024 : 1);
        boolean fits = bytes >= 512 && bytes <= 16 * 1024 * 1024 && Long.bitCount(bytes) == 1;
        return fits
                ? Optional.empty()
                : Optional.of(
                        "value '" + value + "' is not a valid ZFS blocksize. Must be a power of 2 between 512B and"
                                + " 16MiB (e.g., 4k, 8k, 16k, 64k, 1m).");
    }
}

package pvemcp.site;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The anchors of one page's headings, as hosts of repositories make them, so that links hold in both places: lower
/// case, blanks as hyphens, no other marks, a number from the second of a name on.
final class Anchors {
    private final Map<String, Integer> taken = new HashMap<>();

    String of(String heading) {
        var name = heading.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
        int before = taken.merge(name, 1, Integer::sum) - 1;
        return before == 0 ? name : name + "-" + before;
    }
}

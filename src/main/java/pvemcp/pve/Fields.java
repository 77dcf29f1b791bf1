package pvemcp.pve;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;

/// One object of an answer, read with PVE's habits: booleans are 0 and 1, numbers are often strings and the
/// other way round, an empty string and `null` mean absent. What was never asked for is in [#rest()].
///
/// For one reading by one thread.
public final class Fields {
    private static final long YEAR_10000 = 253_402_300_800L;

    /// An exbibyte. What is told to be larger would not go into sums.
    private static final double LARGEST = 1L << 60;

    private final Json.Obj source;
    private final Set<String> read = new HashSet<>();

    private Fields(Json.Obj source) {
        this.source = source;
    }

    public static Fields of(Json.Obj source) {
        return new Fields(source);
    }

    /// @throws PveException with [PveFault.Unexpected] where the answer is no object
    public static Fields of(Json data) {
        if (data instanceof Json.Obj object) {
            return new Fields(object);
        }
        throw new PveException(new PveFault.Unexpected(200, "PVE answered something else than an object"));
    }

    /// The objects of a list; `null` is an empty one.
    ///
    /// @throws PveException with [PveFault.Unexpected] where the answer is no list of objects
    public static List<Fields> list(Json data) {
        if (data == Json.Null.NULL) {
            return List.of();
        }
        if (!(data instanceof Json.Arr(var items))) {
            throw new PveException(new PveFault.Unexpected(200, "PVE answered something else than a list"));
        }
        var rows = new ArrayList<Fields>(items.size());
        items.forEach(item -> rows.add(of(item)));
        return rows;
    }

    /// The text; empty where it is absent.
    public String text(String name) {
        return maybe(name).orElse("");
    }

    /// The text, where there is some.
    public Optional<String> maybe(String name) {
        read.add(name);
        return source.text(name).filter(text -> !text.isEmpty());
    }

    /// 1 is true; 0 and absent are false.
    public boolean flag(String name) {
        return "1".equals(text(name)) || "true".equals(text(name));
    }

    public Optional<Long> whole(String name) {
        read.add(name);
        return source.whole(name);
    }

    public Optional<Double> number(String name) {
        read.add(name);
        return source.number(name).filter(Double::isFinite);
    }

    /// A count of bytes.
    public Optional<Bytes> bytes(String name) {
        return number(name).filter(count -> Math.abs(count) <= LARGEST).map(count -> Bytes.of(count.longValue()));
    }

    /// A fraction, such as `cpu`: 0.25 of all its cores.
    public Optional<Percent> share(String name) {
        return number(name).map(Percent::ofFraction);
    }

    /// A number of seconds, such as `uptime`.
    public Optional<Duration> seconds(String name) {
        return number(name)
                .filter(seconds -> Math.abs(seconds) < YEAR_10000)
                .map(seconds -> Duration.ofSeconds(seconds.longValue()));
    }

    /// Seconds since 1970. 0 means never, as in PVE's `expire`, and so does what no calendar has: an estimate may be
    /// any number.
    public Optional<Instant> moment(String name) {
        return whole(name)
                .filter(seconds -> seconds != 0 && seconds > -YEAR_10000 && seconds < YEAR_10000)
                .map(Instant::ofEpochSecond);
    }

    /// `a,b,c`, with blanks and semicolons as good as commas (PVE::Tools::split_list).
    public List<String> listed(String name) {
        return split(text(name));
    }

    public PropertyString properties(String name) {
        return PropertyString.parse(text(name));
    }

    /// A member as it is.
    public Json raw(String name) {
        read.add(name);
        return source.get(name).orElse(Json.Null.NULL);
    }

    public Json.Obj all() {
        return source;
    }

    /// What nobody has asked for yet.
    public Json.Obj rest() {
        var rest = new LinkedHashMap<>(source.members());
        rest.keySet().removeAll(read);
        return new Json.Obj(rest);
    }

    /// Splits as PVE::Tools::split_list does: at commas, semicolons, blanks and NUL.
    static List<String> split(String text) {
        var out = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || ",; \t\n\0".indexOf(text.charAt(i)) >= 0) {
                if (i > start) {
                    out.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return List.copyOf(out);
    }
}

package pvemcp.sim.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The differences between simulator and recording that are meant to be there, each with its reason, out of
/// `recordings/allowed.txt`. One that no longer happens is reported, so that the list shrinks.
final class Allowances {
    /// `s11  55-57  data.lock*  why`: story, number or range or `*`, place with `*` for anything, reason.
    private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(\\d+|\\d+-\\d+|\\*)\\s+(\\S+)\\s+(\\S.*)");

    private static final class Allowance {
        final String line;
        final int first;
        final int last;
        final Pattern where;
        boolean used;

        Allowance(String line, int first, int last, Pattern where) {
            this.line = line;
            this.first = first;
            this.last = last;
            this.where = where;
        }
    }

    private final List<Allowance> all = new ArrayList<>();

    private Allowances() {}

    static Allowances of(String story) {
        var result = new Allowances();
        for (var line : lines()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var match = LINE.matcher(line);
            if (!match.matches()) {
                throw new IllegalArgumentException("not 'story number where reason': " + line);
            }
            if (!story.startsWith(match.group(1) + "_")) {
                continue;
            }
            var range = match.group(2);
            boolean any = range.equals("*");
            int dash = range.indexOf('-');
            int first = any ? 0 : Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = any ? Integer.MAX_VALUE : Integer.parseInt(dash < 0 ? range : range.substring(dash + 1));
            var where = Pattern.compile(Pattern.quote(match.group(3)).replace("*", "\\E.*\\Q"));
            result.all.add(new Allowance(line, first, last, where));
        }
        return result;
    }

    private static String[] lines() {
        try (var in = Allowances.class.getResourceAsStream("/recordings/allowed.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean allow(Difference difference) {
        int number = difference.exchange().number();
        boolean allowed = false;
        for (var allowance : all) {
            if (allowance.first <= number
                    && number <= allowance.last
                    && allowance.where.matcher(difference.where()).matches()) {
                allowance.used = true;
                allowed = true;
            }
        }
        return allowed;
    }

    List<String> unused() {
        return all.stream()
                .filter(allowance -> !allowance.used)
                .map(allowance -> allowance.line)
                .toList();
    }
}

package pvemcp.schema;

import java.util.List;
import java.util.Locale;

/// Whether a text is a schedule as PVE takes it: a subset of systemd's calendar events such as `sat 02:30`,
/// `mon..fri 8..17/2:00` or `*-*-1 04:00`.
final class CalendarEvent {
    private static final List<String> NAMED = List.of(
            "minutely",
            "hourly",
            "daily",
            "weekly",
            "monthly",
            "yearly",
            "annually",
            "quarterly",
            "semiannually",
            "semi-annually");
    private static final List<String> DAYS = List.of(
            "mon",
            "tue",
            "wed",
            "thu",
            "fri",
            "sat",
            "sun",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday");

    private CalendarEvent() {}

    static boolean isValid(String text) {
        var event = text.strip().toLowerCase(Locale.ROOT);
        if (event.isEmpty()) {
            return false;
        }
        if (NAMED.contains(event)) {
            return true;
        }
        // Weekdays, a date and a time, in that order, each at most once; `utc` may end it.
        int stage = 0;
        var parts = event.split("\\s+");
        for (int i = 0; i < parts.length; i++) {
            var part = parts[i];
            if (part.equals("utc") && i == parts.length - 1 && i > 0) {
                continue;
            }
            int kind = Character.isLetter(part.charAt(0)) ? 1 : part.indexOf('-') >= 0 ? 2 : 3;
            boolean fits = switch (kind) {
                case 1 -> areDays(part);
                case 2 -> isDate(part);
                default -> isTime(part);
            };
            if (kind <= stage || !fits) {
                return false;
            }
            stage = kind;
        }
        return stage > 0;
    }

    private static boolean areDays(String part) {
        for (var days : part.split(",", -1)) {
            var ends = days.split("\\.\\.", -1);
            if (ends.length > 2 || !List.of(ends).stream().allMatch(DAYS::contains)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDate(String part) {
        var fields = part.split("-", -1);
        int month = fields.length - 2;
        return fields.length >= 2
                && fields.length <= 3
                && (month == 0 || isField(fields[0], 1970, 3000))
                && isField(fields[month], 1, 12)
                && isField(fields[month + 1], 1, 31);
    }

    private static boolean isTime(String part) {
        var fields = part.split(":", -1);
        return switch (fields.length) {
            // A number alone is minutes.
            case 1 -> isField(fields[0], 0, 59);
            case 2 -> isField(fields[0], 0, 23) && isField(fields[1], 0, 59);
            case 3 -> isField(fields[0], 0, 23) && isField(fields[1], 0, 59) && isField(fields[2], 0, 59);
            default -> false;
        };
    }

    /// `*`, `7`, `1,15`, `8..17`, and each of these with `/step`.
    private static boolean isField(String field, int least, int most) {
        for (var item : field.split(",", -1)) {
            int slash = item.indexOf('/');
            var values = slash < 0 ? item : item.substring(0, slash);
            var ends = values.split("\\.\\.", -1);
            boolean fits = values.equals("*")
                    || (ends.length <= 2 && List.of(ends).stream().allMatch(end -> isNumber(end, least, most)));
            if (!fits || (slash >= 0 && !isNumber(item.substring(slash + 1), 1, most))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(String text, int least, int most) {
        if (text.isEmpty() || text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int number = Integer.parseInt(text);
        return number >= least && number <= most;
    }
}

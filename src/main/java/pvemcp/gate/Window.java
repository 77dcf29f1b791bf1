package pvemcp.gate;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// A stretch of time that comes back: `Mon-Fri 22:00-06:00 Europe/Berlin`. One that runs over midnight belongs to
/// the day it begins on.
///
/// @param text as it was written
public record Window(String text, Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {
    private static final String FORM = "write days, hours and a time zone, such as 'Mon-Fri 22:00-06:00 Europe/Berlin'";

    public Window {
        days = Set.copyOf(days);
    }

    /// Days may be left out (every day), and so may the zone (UTC).
    ///
    /// @throws IllegalArgumentException with what is wrong
    public static Window parse(String text) {
        var words = text.strip().split("\\s+", -1);
        int hours = words[0].contains(":") ? 0 : 1;
        if (words.length <= hours || words.length > hours + 2) {
            throw new IllegalArgumentException("'%s' is no window: %s".formatted(text, FORM));
        }
        var zone = words.length == hours + 2 ? zone(words[hours + 1]) : ZoneOffset.UTC;
        var ends = words[hours].split("-", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException("'%s' are no hours: %s".formatted(words[hours], FORM));
        }
        var from = time(ends[0]);
        var to = time(ends[1]);
        return new Window(text.strip(), hours == 0 ? EnumSet.allOf(DayOfWeek.class) : days(words[0]), from, to, zone);
    }

    boolean contains(Instant moment) {
        var local = moment.atZone(zone);
        var time = local.toLocalTime();
        var today = local.getDayOfWeek();
        if (from.isBefore(to)) {
            return days.contains(today) && !time.isBefore(from) && time.isBefore(to);
        }
        return (days.contains(today) && !time.isBefore(from)) || (days.contains(today.minus(1)) && time.isBefore(to));
    }

    private static EnumSet<DayOfWeek> days(String text) {
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (var part : text.split(",", -1)) {
            // PVE's own calendar events say mon..fri.
            var ends = part.replace("..", "-").split("-", -1);
            var last = day(ends[ends.length - 1]);
            for (var day = day(ends[0]); ; day = day.plus(1)) {
                days.add(day);
                if (day == last) {
                    break;
                }
            }
        }
        return days;
    }

    private static DayOfWeek day(String text) {
        var name = text.toUpperCase(Locale.ROOT);
        for (var day : DayOfWeek.values()) {
            if (name.length() >= 2 && day.name().startsWith(name)) {
                return day;
            }
        }
        throw new IllegalArgumentException("'%s' is no day: %s".formatted(text, FORM));
    }

    private static LocalTime time(String text) {
        try {
            // The end of a day is the beginning of the next.
            return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text.length() == 4 ? "0" + text : text);
        } catch (DateTimeException _) {
            throw new IllegalArgumentException("'%s' is no time of day: %s".formatted(text, FORM));
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException _) {
            throw new IllegalArgumentException("'%s' is no time zone: %s".formatted(text, FORM));
        }
    }

    @Override
    public String toString() {
        return text;
    }
}

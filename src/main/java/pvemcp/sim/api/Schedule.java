package pvemcp.sim.api;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// When a calendar event such as `mon..fri 8..17/2:00` happens, in UTC (proxmox-time's calendar events, which are a
/// subset of systemd.time(7)). The text has been checked by the schema.
///
/// @param dates years, months and days of the month
/// @param times hours, minutes and seconds
record Schedule(NavigableSet<Integer> weekdays, List<NavigableSet<Integer>> dates, List<NavigableSet<Integer>> times) {
    private static final Map<String, String> NAMED = Map.of(
            "minutely", "*:*",
            "hourly", "*:00",
            "daily", "00:00",
            "weekly", "mon 00:00",
            "monthly", "*-*-1 00:00",
            "quarterly", "*-1,4,7,10-1 00:00",
            "semiannually", "*-1,7-1 00:00",
            "semi-annually", "*-1,7-1 00:00",
            "yearly", "*-1-1 00:00",
            "annually", "*-1-1 00:00");
    // Long enough for a 29th of February on a given weekday.
    private static final int DAYS_AHEAD = 40 * 366;

    static Schedule parse(String event) {
        var text = event.strip().toLowerCase(Locale.ROOT);
        text = NAMED.getOrDefault(text, text);
        var weekdays = "mon..sun";
        var date = "*-*-*";
        var time = "00:00:00";
        for (var part : text.split("\\s+", -1)) {
            if (part.equals("utc")) {
                continue;
            }
            if (Character.isLetter(part.charAt(0))) {
                weekdays = part;
            } else if (part.indexOf('-') >= 0) {
                date = part;
            } else {
                time = part;
            }
        }
        return new Schedule(days(weekdays), dates(date), times(time));
    }

    private static List<NavigableSet<Integer>> dates(String date) {
        var parts = (date.split("-", -1).length == 2 ? "*-" + date : date).split("-", -1);
        return List.of(field(parts[0], 1970, 2100), field(parts[1], 1, 12), field(parts[2], 1, 31));
    }

    private static List<NavigableSet<Integer>> times(String time) {
        var parts = time.split(":", -1);
        // A number alone is minutes.
        var hours = parts.length == 1 ? "*" : parts[0];
        var minutes = parts.length == 1 ? parts[0] : parts[1];
        var seconds = parts.length == 3 ? parts[2] : "0";
        return List.of(field(hours, 0, 23), field(minutes, 0, 59), field(seconds, 0, 59));
    }

    private static NavigableSet<Integer> days(String text) {
        var days = new TreeSet<Integer>();
        for (var item : text.split(",", -1)) {
            var ends = item.split("\\.\\.", -1);
            int last = weekday(ends[ends.length - 1]);
            int day = weekday(ends[0]);
            days.add(day);
            while (day != last) {
                day = day % 7 + 1;
                days.add(day);
            }
        }
        return days;
    }

    private static int weekday(String name) {
        for (var day : DayOfWeek.values()) {
            if (day.name().startsWith(name.substring(0, 3).toUpperCase(Locale.ROOT))) {
                return day.getValue();
            }
        }
        throw new IllegalArgumentException(name);
    }

    /// `*`, `7`, `1,15`, `8..17`, each with `/step`; a number with a step goes on to the end.
    private static NavigableSet<Integer> field(String text, int least, int most) {
        var values = new TreeSet<Integer>();
        for (var item : text.split(",", -1)) {
            var stepped = item.split("/", 2);
            int step = stepped.length == 2 ? Integer.parseInt(stepped[1]) : 1;
            var ends = stepped[0].split("\\.\\.", -1);
            int first = stepped[0].equals("*") ? least : Integer.parseInt(ends[0]);
            int last = stepped[0].equals("*") || (ends.length == 1 && stepped.length == 2)
                    ? most
                    : Integer.parseInt(ends[ends.length - 1]);
            for (int value = first; value <= last; value += step) {
                values.add(value);
            }
        }
        return values;
    }

    /// The first moment after this one; empty where there is none in sight.
    Optional<Instant> next(Instant after) {
        var from = after.atOffset(ZoneOffset.UTC).toLocalDateTime();
        var day = from.toLocalDate();
        var floor = Optional.of(from.toLocalTime());
        for (int i = 0; i < DAYS_AHEAD; i++) {
            if (isOn(day)) {
                var time = firstAfter(floor);
                if (time.isPresent()) {
                    return time.map(day::atTime).map(moment -> moment.toInstant(ZoneOffset.UTC));
                }
            }
            day = day.plusDays(1);
            floor = Optional.empty();
        }
        return Optional.empty();
    }

    private boolean isOn(LocalDate day) {
        return weekdays.contains(day.getDayOfWeek().getValue())
                && dates.get(0).contains(day.getYear())
                && dates.get(1).contains(day.getMonthValue())
                && dates.get(2).contains(day.getDayOfMonth());
    }

    private Optional<LocalTime> firstAfter(Optional<LocalTime> floor) {
        for (int hour : times.get(0)) {
            for (int minute : times.get(1)) {
                for (int second : times.get(2)) {
                    var time = LocalTime.of(hour, minute, second);
                    if (floor.isEmpty() || time.isAfter(floor.get())) {
                        return Optional.of(time);
                    }
                }
            }
        }
        return Optional.empty();
    }
}

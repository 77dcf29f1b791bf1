package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.text.Nearest;

/// The hand-written readers against the patterns PVE itself uses (PVE::JSONSchema, PVE::ParseUtils), on texts
/// made of the letters that matter.
final class GrammarTest {
    private static final String OCTET = "(?:25[0-5]|(?:2[0-4]|1[0-9]|[1-9])?[0-9])";
    private static final String IPV4 = "(?:(?:" + OCTET + "\\.){3}" + OCTET + ")";

    private final Random random = new Random(20261121);
    private final Rules rules = rules();

    private static Rules rules() {
        var file = FactsFile.of("9.2");
        return new Rules(file.indexes(), file.formats(), file.words());
    }

    private String text(String letters, int longest) {
        var text = new StringBuilder();
        for (int length = random.nextInt(longest + 1); length > 0; length--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private String some(String... parts) {
        return parts[random.nextInt(parts.length)];
    }

    @Test
    void numbers_are_those_of_the_perl_patterns() {
        var integer = Pattern.compile("^[+-]?\\d+$", Pattern.UNIX_LINES);
        var number = Pattern.compile("^[+-]?(\\d+\\.\\d+|\\d+\\.|\\.\\d+|\\d+)([eE][+-]?\\d+)?$", Pattern.UNIX_LINES);
        for (int i = 0; i < 100_000; i++) {
            var text = text("+-01.9eE\n ", 7);
            assertThat(Numbers.isInteger(text))
                    .as(text)
                    .isEqualTo(integer.matcher(text).find());
            assertThat(Numbers.isNumber(text))
                    .as(text)
                    .isEqualTo(number.matcher(text).find());
        }
    }

    @Test
    void ipv4_addresses_are_those_of_the_perl_pattern() {
        var pattern = Pattern.compile(IPV4);
        for (int i = 0; i < 50_000; i++) {
            var text = String.join(".", List.of(text("0123459", 3), text("0125", 3), text("025", 2), text("1235.", 3)));
            assertThat(Addresses.isIpv4(text))
                    .as(text)
                    .isEqualTo(pattern.matcher(text).matches());
        }
    }

    @Test
    void ipv6_addresses_are_those_of_the_perl_pattern() {
        var group = "(?:[0-9a-fA-F]{1,4})";
        var last = "(?:(?:" + IPV4 + "|" + group + ":" + group + "))";
        var forms = new ArrayList<String>();
        forms.add("(?:(?:" + group + ":){6})" + last);
        forms.add("(?:::(?:" + group + ":){5})" + last);
        for (int before = 0; before <= 4; before++) {
            forms.add("(?:(?:(?:" + group + ":){0," + before + "}" + group + ")?::(?:" + group + ":){" + (4 - before)
                    + "})" + last);
        }
        forms.add("(?:(?:(?:" + group + ":){0,5}" + group + ")?::)" + group);
        forms.add("(?:(?:(?:" + group + ":){0,6}" + group + ")?::)");
        var pattern = Pattern.compile(String.join("|", forms));
        int valid = 0;
        for (int i = 0; i < 100_000; i++) {
            var text = new StringBuilder();
            for (int parts = 1 + random.nextInt(9); parts > 0; parts--) {
                text.append(some("1", "ab", "ffff", "", "0", "fe80")).append(some(":", ":", ":", ":", "::"));
            }
            text.append(some("", "1", "1.2.3.4", "beef", "10.0.0.256", ":"));
            var address = text.toString();
            boolean expected = pattern.matcher(address).matches();
            valid += expected ? 1 : 0;
            assertThat(Addresses.isIpv6(address)).as(address).isEqualTo(expected);
        }
        assertThat(valid).isGreaterThan(1000);
    }

    @Test
    void dns_names_are_those_of_the_perl_pattern() {
        var label = "([a-zA-Z0-9]([a-zA-Z0-9\\-]*[a-zA-Z0-9])?)";
        var pattern = Pattern.compile("^(" + label + "\\.)*" + label + "$");
        for (int i = 0; i < 50_000; i++) {
            var text = text("aZ0-._", 8);
            assertThat(Addresses.isDnsName(text))
                    .as(text)
                    .isEqualTo(pattern.matcher(text).find());
        }
        assertThat(Addresses.isDnsName("a.".repeat(50_000) + "b")).isTrue();
    }

    @Test
    void a_property_string_gives_back_what_was_written() throws PropertyString.Malformed {
        var keys = Json.obj(
                "model", Json.obj("type", "string", "default_key", 1),
                "mac", Json.obj("type", "string"),
                "up", Json.obj("type", "boolean"));
        for (int i = 0; i < 20_000; i++) {
            var written = new ArrayList<String>();
            var expected = Json.Obj.EMPTY;
            var used = new HashSet<String>();
            for (int parts = random.nextInt(4); parts > 0; parts--) {
                var key = some("model", "mac", "up", "other");
                var value = key.equals("up") ? some("1", "yes", "ON", "true") : text("ab:=.", 4) + "x";
                if (used.add(key)) {
                    written.add(key + "=" + value);
                    expected = expected.with(key, key.equals("up") ? "1" : value);
                }
            }
            if (random.nextBoolean() && !used.contains("model")) {
                written.add("bare");
                expected = expected.with("model", "bare");
            }
            var text = String.join(some(",", ",,", ", ,"), written);
            assertThat(PropertyString.parse(keys, text)).as(text).isEqualTo(expected);
        }
    }

    @Test
    void a_path_that_was_encoded_is_read_as_it_was() {
        for (int i = 0; i < 20_000; i++) {
            var name = text("aZ09%:@!ü€/ +", 8) + "x";
            var encoded = new StringBuilder();
            for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
                boolean plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9');
                encoded.append(plain && random.nextBoolean() ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xFF));
            }
            assertThat(PathTree.decode(encoded.toString())).isEqualTo(name);
        }
        assertThat(PathTree.decode("100%")).isEqualTo("100%");
        assertThat(PathTree.decode("%zz%4")).isEqualTo("%zz%4");
    }

    @Test
    void no_text_makes_a_format_fail_otherwise_than_by_a_complaint() {
        var formats = Set.of(
                "pve-calendar-event",
                "pem-string",
                "pve-fw-addr-spec",
                "pve-fw-dport-spec",
                "pve-cpuset",
                "pve-vlan-id-or-range",
                "storage-pair",
                "IPorCIDR",
                "pve-storage-portal-dns",
                "pve-poolid",
                "pve-dir-override",
                "pve-storage-zfs-blocksize",
                "pve-sdn-subnet-id",
                "pve-startup-order",
                "pve-phys-bits",
                "pve-replication-job-id");
        var judge = new ValueFormats(rules);
        for (var format : formats) {
            for (int i = 0; i < 3_000; i++) {
                var text = text("01:/-.,;*a=+[]% \n\0é-----BEGIN x", 12);
                assertThatCode(() -> judge.complaint(format, text))
                        .as(format + " " + text)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void schedules_of_pve_are_told_from_others() {
        for (var good : List.of(
                "daily",
                "*/15",
                "sat 02:30",
                "mon..fri 8..17/2:00",
                "2,14:30",
                "*-*-1 04:00",
                "22:00",
                "mon,wed *:0/30",
                "2026-12-24 18:00",
                "sun 01:00",
                "monthly",
                "*:00/5",
                "08:05:40")) {
            assertThat(CalendarEvent.isValid(good)).as(good).isTrue();
        }
        for (var bad : List.of("", "garbage", "every full moon", "25:00", "mon..", "8:60", "12:00 mon", "* * * * *x")) {
            assertThat(CalendarEvent.isValid(bad)).as(bad).isFalse();
        }
    }

    @Test
    void every_pattern_of_both_schemas_compiles() {
        for (var version : List.of("9.2", "8.4")) {
            var patterns = Pattern.compile("\"pattern\":\"((?:[^\"\\\\]|\\\\.)*)\"")
                    .matcher(FactsFile.resource("pve-" + version + ".facts"));
            int count = 0;
            while (patterns.find()) {
                var perl = ((Json.Str) Json.parse("\"" + patterns.group(1) + "\"")).value();
                assertThatCode(() -> Rules.compile("^" + perl + "$")).as(perl).doesNotThrowAnyException();
                count++;
            }
            assertThat(count).isGreaterThan(100);
        }
    }

    @Test
    void the_nearest_name_is_near_and_a_far_one_is_none() {
        assertThat(Nearest.to("memroy", List.of("cores", "memory"))).contains("memory");
        assertThat(Nearest.to("start_time", List.of("start-time"))).contains("start-time");
        assertThat(Nearest.to("local-lv", List.of("local", "local-lvm"))).contains("local-lvm");
        assertThat(Nearest.to("size", List.of("cores", "memory", "disk"))).contains("disk");
        assertThat(Nearest.to("on", List.of("started", "stopped"))).contains("started");
        assertThat(Nearest.to("x", List.of("cores", "memory"))).isEmpty();
        assertThat(Nearest.to("bogus", List.of("cores", "memory"))).isEmpty();
    }
}

package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.json.Json;

/// Sizes, shares, property strings and the fields of an answer.
class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "1610612736, 1.5 GiB",
        "34359738368, 32 GiB",
        "1048575, 1 MiB",
        "1099511627776, 1 TiB",
        "9223372036854775807, 8 EiB",
        "-2048, -2 KiB"
    })
    void a_size_prints_with_the_unit_that_fits(long count, String text) {
        assertThat(Bytes.of(count)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "32G, 34359738368",
        "32 GiB, 34359738368",
        "1.5GB, 1610612736",
        "512M, 536870912",
        "64k, 65536",
        "100, 100",
        "100B, 100",
        "2T, 2199023255552"
    })
    void a_size_is_read_as_people_write_it(String text, long count) {
        assertThat(Bytes.parse(text)).isEqualTo(Bytes.of(count));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "-1", "1,5G", "ten", "1.5.2G", "1X", "99999999E"})
    void what_is_no_size_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> Bytes.parse(text)).hasMessageContaining("such as 32G");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 %", "0.5, 50 %", "0.1236, 12.4 %", "1, 100 %", "0.0004, 0 %"})
    void a_share_prints_as_percent(double fraction, String text) {
        assertThat(Percent.ofFraction(fraction)).hasToString(text);
        assertThat(Bytes.of(512).of(Bytes.of(1024))).isEqualTo(Percent.ofFraction(0.5));
        assertThat(Bytes.of(512).of(Bytes.ZERO)).isEqualTo(Percent.ZERO);
    }

    @Test
    void a_property_string_is_read_changed_and_printed() {
        var net = PropertyString.parse("virtio=BC:24:11:00:01:20,bridge=vmbr0,firewall=1");

        assertThat(net.get("bridge")).contains("vmbr0");
        assertThat(net.flag("firewall")).contains(true);
        assertThat(net.with("bridge", "vmbr1").without("firewall"))
                .hasToString("virtio=BC:24:11:00:01:20,bridge=vmbr1");
        assertThat(net).hasToString("virtio=BC:24:11:00:01:20,bridge=vmbr0,firewall=1");
    }

    @Test
    void the_value_without_a_key_comes_first_and_may_have_an_equals_sign() {
        var disk = PropertyString.parse("local:101/vm-101=disk.qcow2,size=32G,discard=on");

        assertThat(disk.bare()).contains("local:101/vm-101=disk.qcow2");
        assertThat(disk.get("size").map(Bytes::parse)).contains(Bytes.ofGibi(32));
        assertThat(disk.flag("discard")).contains(true);
        assertThat(disk).hasToString("local:101/vm-101=disk.qcow2,size=32G,discard=on");
    }

    @Test
    void fields_know_the_habits_of_pve() {
        var f = Fields.of(Json.parse("""
                {"vmid":"101","enabled":1,"template":"0","cpu":"0.25","maxmem":"1073741824","mem":1.5e9,"uptime":61,
                 "name":"","pool":null,"tags":"db;prod","content":"iso, images","expire":0,"ctime":1795231522,
                 "loadavg":["0.1"],"new":{"a":1}}"""));

        assertThat(f.whole("vmid")).contains(101L);
        assertThat(f.flag("enabled")).isTrue();
        assertThat(f.flag("template")).isFalse();
        assertThat(f.flag("absent")).isFalse();
        assertThat(f.share("cpu")).contains(Percent.ofFraction(0.25));
        assertThat(f.bytes("maxmem")).contains(Bytes.ofGibi(1));
        assertThat(f.bytes("mem")).contains(Bytes.of(1_500_000_000));
        assertThat(f.seconds("uptime")).contains(Duration.ofSeconds(61));
        assertThat(f.maybe("name")).isEmpty();
        assertThat(f.text("pool")).isEmpty();
        assertThat(f.listed("tags")).containsExactly("db", "prod");
        assertThat(f.listed("content")).containsExactly("iso", "images");
        assertThat(f.moment("expire")).isEmpty();
        assertThat(f.moment("ctime")).contains(Instant.ofEpochSecond(1795231522));
        assertThat(f.rest().write()).isEqualTo("{\"loadavg\":[\"0.1\"],\"new\":{\"a\":1}}");
    }

    @Test
    void an_answer_of_another_shape_is_not_taken_for_an_empty_one() {
        assertThatThrownBy(() -> Fields.list(Json.str("x"))).isInstanceOf(PveException.class);
        assertThatThrownBy(() -> Fields.of(Json.num(1))).isInstanceOf(PveException.class);
        assertThat(Fields.list(Json.Null.NULL)).isEmpty();
    }

    @Test
    void a_privilege_holds_below_a_path_only_where_it_is_handed_down() {
        var permissions = new Permissions(
                Map.of("/", Map.of("Sys.Audit", true, "Sys.Modify", false), "/vms/101", Map.of("VM.PowerMgmt", true)));

        assertThat(permissions.has("/", "Sys.Modify")).isTrue();
        assertThat(permissions.has("/nodes/pve1", "Sys.Audit")).isTrue();
        assertThat(permissions.has("/nodes/pve1", "Sys.Modify")).isFalse();
        assertThat(permissions.has("/vms/101", "VM.PowerMgmt")).isTrue();
        assertThat(permissions.has("/vms/101", "Sys.Audit")).isFalse();
        assertThat(permissions.has("/vms/102", "VM.PowerMgmt")).isFalse();
    }

    @Test
    void a_version_is_compared_by_its_numbers() {
        var version = new Version("9.10.1", "9.10", "x");

        assertThat(version.isAtLeast(9, 2)).isTrue();
        assertThat(version.isAtLeast(9, 11)).isFalse();
        assertThat(version.isAtLeast(8, 99)).isTrue();
        assertThat(version.major()).isEqualTo(9);
    }

    @Test
    void the_code_of_a_second_factor_is_the_one_of_rfc_6238() {
        // RFC 6238 appendix B: the secret "12345678901234567890" in base32; its codes have eight digits, ours
        // the last six.
        var secret = new Secret("GEZD GNBV-GY3TQOJQGEZDGNBVGY3TQOJQ");

        assertThat(Totp.code(secret, Instant.ofEpochSecond(59))).isEqualTo("287082");
        assertThat(Totp.code(secret, Instant.ofEpochSecond(1111111109))).isEqualTo("081804");
        assertThat(Totp.code(secret, Instant.ofEpochSecond(20000000000L))).isEqualTo("353130");
        assertThat(Totp.code(
                        new Secret("otpauth://totp/x?issuer=pve&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=6"),
                        Instant.ofEpochSecond(59)))
                .isEqualTo("287082");
    }
}

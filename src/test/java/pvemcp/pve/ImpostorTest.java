package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static pvemcp.lab.Answer.data;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;

/// Somebody else answers where Proxmox VE should: with a certificate that is not its own, or by sending us elsewhere.
/// Nothing of a request, and no token, ever reaches them.
class ImpostorTest {
    private static final String SECRET = "12345678-secret";
    private static final Connection.Credential TOKEN =
            new Connection.Credential.Token("mcp@pve!claude", new Secret(SECRET));

    private static FaultProxy server(String certificate, Answer... answers) {
        return FaultProxy.as("impostors/" + certificate, answers);
    }

    private static HttpTransport to(FaultProxy server, Connection.Trust trust) {
        return new HttpTransport(
                new Connection("lab", List.of(server.uri()), TOKEN, trust, Duration.ofSeconds(60)),
                Clock.systemUTC(),
                Waiting.REAL);
    }

    /// That of all fixtures but `namesake`, whose authority has the same name, and `self`.
    private static Connection.Trust authority() {
        try {
            return new Connection.Trust.CaFile(Path.of(
                    ImpostorTest.class.getResource("impostors/authority.pem").toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PveFault fault(HttpTransport transport, Verb verb) {
        try (transport) {
            return catchThrowableOfType(
                            PveException.class,
                            () -> transport.send(verb, "/nodes/pve1/qemu/101/status/stop", Json.Obj.EMPTY))
                    .fault();
        }
    }

    @Test
    void the_right_one_is_believed() {
        try (var server = server("right", data("1"));
                var transport = to(server, authority())) {
            assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
        }
    }

    /// Each with an authority that signed most of them, those of the JDK, and a pin.
    static Stream<Arguments> others() {
        var why = List.of(
                List.of("not-yet", "not valid before 2098"),
                List.of("over", "expired at 2025-01-02"),
                List.of("other-host", "it is for [pve2.example]"),
                List.of("other-address", "it is for [192.0.2.1]"),
                List.of("wildcard", "it is for [*, *.example]"),
                List.of("by-common-name", "it is for []"),
                List.of("clients-only", ""),
                List.of("namesake", "no authority in "),
                List.of("by-no-authority", "no authority in "),
                List.of("self", "no authority in "));
        var cases = new ArrayList<Arguments>();
        for (var each : why) {
            cases.add(Arguments.of(each.getFirst(), authority(), each.getLast()));
            cases.add(Arguments.of(each.getFirst(), new Connection.Trust.Authorities(), ""));
            cases.add(Arguments.of(each.getFirst(), pinned("right"), "none of the pinned"));
        }
        return cases.stream();
    }

    private static Connection.Trust pinned(String certificate) {
        try (var server = server(certificate, data("1"))) {
            return new Connection.Trust.Fingerprints(List.of(server.fingerprint()));
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void no_other_certificate_is(String certificate, Connection.Trust trust, String why) {
        for (var verb : List.of(Verb.GET, Verb.POST)) {
            try (var server = server(certificate, data("1"))) {
                assertThat(fault(to(server, trust), verb)).isInstanceOfSatisfying(PveFault.Untrusted.class, fault -> {
                    assertThat(fault.why()).contains(why);
                    assertThat(fault.fingerprint()).isEqualTo(server.fingerprint());
                });
                assertThat(server.seen()).isEmpty();
            }
        }
    }

    /// A part of a fingerprint is none, and the authority's is not the server's.
    @Test
    void nothing_but_the_whole_fingerprint_of_the_server_is_a_pin() {
        try (var server = server("right", data("1"))) {
            var whole = server.fingerprint();
            for (var pin : List.of(
                    "",
                    whole.substring(0, 47),
                    whole.substring(3),
                    whole.replace(":", "").substring(2),
                    whole + ":00")) {
                var trust = new Connection.Trust.Fingerprints(List.of(pin));
                assertThat(fault(to(server, trust), Verb.GET)).as(pin).isInstanceOf(PveFault.Untrusted.class);
            }
            assertThat(server.seen()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"301", "302", "303", "307", "308"})
    void nobody_is_followed_who_sends_us_elsewhere(int status) {
        for (var verb : List.of(Verb.GET, Verb.POST)) {
            try (var elsewhere = server("right", data("1"));
                    var server = server(
                            "right",
                            (_, out, _) -> Answer.head(
                                    out,
                                    status,
                                    "Moved",
                                    "Location: " + elsewhere.uri() + "/x",
                                    "Content-Length: 0"))) {
                assertThat(fault(to(server, authority()), verb)).isNotNull();
                assertThat(elsewhere.connections()).isZero();
                assertThat(server.seen()).hasSize(1);
            }
        }
    }
}

package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.json.Json;
import pvemcp.lab.PassedOn;

class ForwardingTransportTest {
    static Stream<Method> methods() {
        return Arrays.stream(Transport.class.getMethods())
                .filter(method -> !method.getName().equals("data"));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void everything_a_transport_does_is_passed_on(Method method) throws Exception {
        PassedOn.holds(Transport.class, method, wire -> new ForwardingTransport(wire) {});
    }

    @Test
    void data_are_asked_for_where_answers_are_looked_at() {
        var marked = new ForwardingTransport((_, _, _) -> Json.obj("data", "plain")) {
            @Override
            public Json.Obj send(Verb verb, String path, Json.Obj params) {
                return super.send(verb, path, params).with("data", "looked at");
            }
        };

        assertThat(marked.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.str("looked at"));
    }
}

package pvemcp;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.pve.Transport;

class LateWireTest {
    static Stream<Method> methods() {
        return Arrays.stream(Transport.class.getMethods())
                .filter(method -> !method.getName().equals("data"));
    }

    /// What it inherits would speak for itself, not for the wire it makes.
    @ParameterizedTest
    @MethodSource("methods")
    void it_answers_for_everything_a_transport_does(Method method) {
        assertThatCode(() -> LateWire.class.getDeclaredMethod(method.getName(), method.getParameterTypes()))
                .doesNotThrowAnyException();
    }
}

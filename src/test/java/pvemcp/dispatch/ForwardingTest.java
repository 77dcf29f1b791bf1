package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardingTest {
    static Method[] methods() {
        return Dispatcher.class.getMethods();
    }

    /// A default that is not passed on would do nothing where the road does something.
    @ParameterizedTest
    @MethodSource("methods")
    void everything_a_dispatcher_does_is_passed_on(Method method) {
        assertThat(Arrays.stream(Forwarding.class.getDeclaredMethods())
                        .filter(declared -> declared.getName().equals(method.getName()))
                        .map(Method::getParameterTypes))
                .contains(method.getParameterTypes());
    }
}

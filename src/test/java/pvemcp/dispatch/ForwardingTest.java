package pvemcp.dispatch;

import java.lang.reflect.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.lab.PassedOn;

class ForwardingTest {
    static Method[] ofDispatcher() {
        return Dispatcher.class.getMethods();
    }

    static Method[] ofCaller() {
        return Caller.class.getMethods();
    }

    @ParameterizedTest
    @MethodSource("ofDispatcher")
    void everything_a_dispatcher_does_is_passed_on(Method method) throws Exception {
        PassedOn.holds(Dispatcher.class, method, inner -> new Forwarding(inner) {});
    }

    @ParameterizedTest
    @MethodSource("ofCaller")
    void everything_a_caller_is_asked_and_told_is_passed_on(Method method) throws Exception {
        PassedOn.holds(Caller.class, method, caller -> new ForwardingCaller(caller) {});
    }
}

package pvemcp.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// What stands before something passes on whatever it is asked. A default that is not passed on would speak for
/// itself where the thing behind has an answer of its own.
public final class PassedOn {
    /// What is answered behind, by its type; `null` for all others.
    private static final Map<Class<?>, Object> ANSWERS = Map.of(
            boolean.class, true,
            String.class, "an answer",
            List.class, List.of("an answer"),
            Map.class, Map.of("an", "answer"),
            Optional.class, Optional.of("an answer"));

    private PassedOn() {}

    /// Calls a method in front: it must be called behind with the same arguments, and its answer must come back.
    ///
    /// @param shape what both are
    /// @param before puts something before what it is given
    public static <T> void holds(Class<T> shape, Method method, Function<T, T> before) throws Exception {
        var calls = new ArrayList<Call>();
        var answer = ANSWERS.get(method.getReturnType());
        var behind = shape.cast(Proxy.newProxyInstance(
                shape.getClassLoader(), new Class<?>[] {shape}, (_, called, given) -> {
                    calls.add(new Call(called, given == null ? List.of() : copy(given)));
                    return answer;
                }));
        var types = method.getParameterTypes();
        var arguments = IntStream.range(0, types.length)
                .mapToObj(at -> argument(types[at], at))
                .toArray();

        assertThat(method.invoke(before.apply(behind), arguments)).isEqualTo(answer);

        assertThat(calls).containsExactly(new Call(method, copy(arguments)));
    }

    private record Call(Method method, List<Object> arguments) {}

    /// Those of one type differ, so that none can stand for another.
    private static Object argument(Class<?> type, int at) {
        if (type == String.class) {
            return "argument " + at;
        }
        return type == double.class ? (Object) (double) at : null;
    }

    private static List<Object> copy(Object[] arguments) {
        var copy = new ArrayList<>();
        for (var argument : arguments) {
            copy.add(argument); // List.of takes no null
        }
        return copy;
    }
}

package pvemcp.tool;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pvemcp.json.Json;
import pvemcp.text.Nearest;

/// The inputs of a tool, read off the components of its record: the one source of its JSON schema, its command-line
/// options, its row in the docs and the binding of arguments.
///
/// A component that is itself a record with documented components ([Group]) contributes those components. Immutable;
/// derived once a shape, on first use.
public final class Inputs<C extends Record> {
    /// A record of inputs that several tools share; its components stand among those of the tool.
    public interface Group {}

    private static final ClassValue<Inputs<?>> DERIVED = new ClassValue<>() {
        @Override
        protected Inputs<?> computeValue(Class<?> shape) {
            return new Inputs<>(shape.asSubclass(Record.class));
        }
    };

    private final Constructor<C> constructor;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Param> params;

    private Inputs(Class<C> shape) {
        var components = shape.getRecordComponents();
        var types = new Class<?>[components.length];
        var all = new ArrayList<Param>();
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            var slot = slot(components[i]);
            slots.add(slot);
            all.addAll(slot.params());
        }
        params = List.copyOf(all);
        try {
            constructor = shape.getDeclaredConstructor(types);
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(shape + " has no canonical constructor", e);
        }
    }

    /// The inputs of a shape.
    @SuppressWarnings("unchecked") // computeValue keeps shape and inputs together
    public static <C extends Record> Inputs<C> of(Class<C> shape) {
        return (Inputs<C>) DERIVED.get(shape);
    }

    /// In the order of the record's components.
    public List<Param> params() {
        return params;
    }

    /// A flat JSON schema of these inputs.
    Json.Obj schema() {
        return schema(params);
    }

    /// A flat JSON schema of these parameters: no combinators and no references, which some clients refuse. That
    /// nothing else is taken is not said, since it would cost five tokens a tool: [#bind] refuses it by name.
    public static Json.Obj schema(List<Param> params) {
        var properties = new LinkedHashMap<String, Json>();
        var required = new ArrayList<String>();
        for (var param : params) {
            properties.put(param.name(), param.schema());
            if (param.required()) {
                required.add(param.name());
            }
        }
        var schema = Json.obj("type", "object", "properties", new Json.Obj(properties));
        if (!required.isEmpty()) {
            schema = schema.with("required", Json.strings(required));
        }
        return schema;
    }

    /// The call these arguments make. Takes what cannot be misunderstood (a number written as text, `"true"`),
    /// refuses everything else.
    ///
    /// @throws BadArguments with all problems at once
    public C bind(Json.Obj arguments) {
        var problems = new ArrayList<String>();
        var names = params.stream().map(Param::name).toList();
        for (var name : arguments.members().keySet()) {
            if (!names.contains(name)) {
                problems.add("unknown argument '%s'%s".formatted(Input.shortened(name), Nearest.hint(name, names)));
            }
        }
        var values = values(arguments, problems);
        if (!problems.isEmpty()) {
            throw new BadArguments(problems);
        }
        return make(values);
    }

    /// The arguments that make this call, each input in its canonical form: the same call gives the same text.
    public Json.Obj unbind(C call) {
        var arguments = new LinkedHashMap<String, Json>();
        unbind(call, arguments);
        return new Json.Obj(arguments);
    }

    private void unbind(Record call, Map<String, Json> into) {
        for (var slot : slots) {
            var value = slot.get(call);
            switch (slot) {
                case Input input ->
                    input.write(value).ifPresent(json -> into.put(input.param().name(), json));
                case Nested nested -> nested.inputs.unbind((Record) value, into);
            }
        }
    }

    private Object[] values(Json.Obj arguments, List<String> problems) {
        var values = new Object[slots.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (slots.get(i)) {
                case Input input -> input.read(arguments, problems);
                case Nested nested -> {
                    int before = problems.size();
                    var inner = nested.inputs.values(arguments, problems);
                    yield problems.size() > before ? null : nested.inputs.make(inner);
                }
            };
        }
        return values;
    }

    private C make(Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw new BadArguments(List.of(refusal.getMessage()));
            }
            throw new IllegalStateException(e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Where a component of the record gets its value.
    sealed interface Slot permits Input, Nested {
        RecordComponent component();

        List<Param> params();

        default Object get(Record call) {
            try {
                var accessor = component().getAccessor();
                accessor.setAccessible(true);
                return accessor.invoke(call);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    record Nested(RecordComponent component, Inputs<?> inputs) implements Slot {
        @Override
        public List<Param> params() {
            return inputs.params;
        }
    }

    private static Slot slot(RecordComponent component) {
        return Group.class.isAssignableFrom(component.getType())
                ? new Nested(component, of(component.getType().asSubclass(Record.class)))
                : Input.of(component);
    }
}

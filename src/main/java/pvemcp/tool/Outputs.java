package pvemcp.tool;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.view.Layout;
import pvemcp.view.View;

/// The JSON schema of an answer, read off its record: what [Layout#data] makes of it. Views are for reading and no
/// part of it.
public final class Outputs {
    private Outputs() {}

    public static Json.Obj schema(Class<? extends Record> answer) {
        var properties = Json.Obj.EMPTY;
        for (var component : answer.getRecordComponents()) {
            if (isView(component)) {
                continue;
            }
            properties = properties.with(Layout.label(component.getName()), Json.obj("type", type(component)));
        }
        return Json.obj("type", "object", "properties", properties);
    }

    /// The members of an answer that its schema knows.
    public static Json.Obj fitted(Json.Obj data, Json.Obj schema) {
        var fitted = data;
        var known = schema.object("properties").orElse(Json.Obj.EMPTY);
        for (var name : data.members().keySet()) {
            if (!known.has(name)) {
                fitted = fitted.without(name);
            }
        }
        return fitted;
    }

    private static boolean isView(RecordComponent component) {
        return View.class.isAssignableFrom(component.getType())
                || (Collection.class.isAssignableFrom(component.getType())
                        && View.class.isAssignableFrom(raw(argument(component.getGenericType()))));
    }

    private static String type(RecordComponent component) {
        var type =
                component.getType() == Optional.class ? raw(argument(component.getGenericType())) : component.getType();
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "integer";
        }
        if (type == double.class || type == Double.class || type == Duration.class) {
            return "number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "boolean";
        }
        if (Collection.class.isAssignableFrom(type)) {
            return "array";
        }
        if (type == String.class || type.isEnum() || type == Instant.class) {
            return "string";
        }
        throw new IllegalStateException("an output of type %s has no schema yet".formatted(type.getName()));
    }

    private static Type argument(Type generic) {
        return ((ParameterizedType) generic).getActualTypeArguments()[0];
    }

    private static Class<?> raw(Type type) {
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) type;
    }
}

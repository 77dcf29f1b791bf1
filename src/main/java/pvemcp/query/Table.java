package pvemcp.query;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// A table: its columns are the components of its record, its rows come from the API when it is first named.
///
/// @param ofCluster whether its rows are a cluster's, and not a backup server's
record Table<R extends Record>(String name, Class<R> shape, boolean ofCluster, Function<Source, List<R>> rows) {
    Table(String name, Class<R> shape, Function<Source, List<R>> rows) {
        this(name, shape, true, rows);
    }

    String doc() {
        return shape.getAnnotation(About.class).value();
    }

    List<Column> columns() {
        return Arrays.stream(shape.getRecordComponents()).map(Column::new).toList();
    }

    /// A column, named in SQL's habit: `memMax` is `mem_max`.
    record Column(RecordComponent component) {
        String name() {
            return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        }

        String doc() {
            return component.getAnnotation(About.class).value();
        }

        String sqlType() {
            var type = component.getType();
            if (type == Optional.class) {
                type = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            }
            if (type == long.class || type == Long.class) {
                return "BIGINT";
            }
            if (type == Double.class) {
                return "DOUBLE PRECISION";
            }
            if (type == boolean.class) {
                return "BOOLEAN";
            }
            if (type == Instant.class) {
                return "TIMESTAMP";
            }
            return "VARCHAR";
        }

        /// The value of this column in a row, as JDBC takes it.
        Object of(Record row) {
            try {
                var accessor = component.getAccessor();
                accessor.setAccessible(true);
                var value = accessor.invoke(row);
                if (value instanceof Optional<?> optional) {
                    value = optional.orElse(null);
                }
                return value instanceof Instant moment ? LocalDateTime.ofInstant(moment, ZoneOffset.UTC) : value;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

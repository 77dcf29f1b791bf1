package pvemcp.sim.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import pvemcp.json.Json;

/// How a kind of value is written as JSON and read back. A value of another kind there is an
/// [IllegalArgumentException], which says so.
public interface Form<T> {
    Form<String> TEXT = plain(Json::str, Function.identity());
    Form<Long> WHOLE = plain(Json::num, Long::valueOf);
    Form<Integer> NUMBER = plain(Json::num, Integer::valueOf);
    Form<Double> REAL = plain(Json::num, Double::valueOf);
    Form<Boolean> FLAG = plain(Json::bool, Boolean::valueOf);
    Form<Instant> MOMENT = plain(value -> Json.str(value.toString()), Instant::parse);
    Form<Duration> SPAN = plain(value -> Json.str(value.toString()), Duration::parse);
    Form<byte[]> BYTES =
            plain(value -> Json.str(Base64.getEncoder().encodeToString(value)), Base64.getDecoder()::decode);

    Form<Json.Obj> OBJECT = new Form<>() {
        @Override
        public Json write(Json.Obj value) {
            return value;
        }

        @Override
        public Json.Obj read(Json json) {
            return object(json);
        }
    };

    /// Options by name, in the order they were given.
    Form<SequencedMap<String, String>> TEXTS = TEXT.map();

    Json write(T value);

    T read(Json json);

    /// A value that is one word of text, number or flag.
    private static <T> Form<T> plain(Function<T, Json> write, Function<String, T> read) {
        return new Form<>() {
            @Override
            public Json write(T value) {
                return write.apply(value);
            }

            @Override
            public T read(Json json) {
                return read.apply(json.scalarText()
                        .orElseThrow(() -> new IllegalArgumentException("no plain value: " + json.write())));
            }
        };
    }

    /// One of the words of an enum.
    static <E extends Enum<E>> Form<E> word(Class<E> words) {
        return plain(value -> Json.str(value.name()), text -> Enum.valueOf(words, text));
    }

    /// A value that is made anew from its fields.
    ///
    /// @param blank what a value is read into; its own fields stand in for those that a file lacks
    /// @param fields names the fields of a value, and makes one of what comes back
    static <T> Form<T> value(T blank, BiFunction<Fields, T, T> fields) {
        return new Form<>() {
            @Override
            public Json write(T value) {
                var saving = Fields.saving();
                var _ = fields.apply(saving, value);
                return saving.json();
            }

            @Override
            public T read(Json json) {
                return fields.apply(Fields.loading(object(json)), blank);
            }
        };
    }

    /// A thing that is made from what never changes in it, and then gets the rest of its fields.
    static <T extends HasFields> Form<T> thing(Function<Fields, ? extends T> make) {
        return new Form<>() {
            @Override
            public Json write(T value) {
                var saving = Fields.saving();
                value.fields(saving);
                return saving.json();
            }

            @Override
            public T read(Json json) {
                var loading = Fields.loading(object(json));
                var made = make.apply(loading);
                made.fields(loading);
                return made;
            }
        };
    }

    /// A thing that is there already.
    static <T extends HasFields> Form<T> inPlace(T thing) {
        return thing(_ -> thing);
    }

    private static Json.Obj object(Json json) {
        if (json instanceof Json.Obj object) {
            return object;
        }
        throw new IllegalArgumentException("no object: " + json.write());
    }

    /// `null` where there is none.
    default Form<Optional<T>> optional() {
        var each = this;
        return new Form<>() {
            @Override
            public Json write(Optional<T> value) {
                return value.map(each::write).orElse(Json.Null.NULL);
            }

            @Override
            public Optional<T> read(Json json) {
                return json instanceof Json.Null ? Optional.empty() : Optional.of(each.read(json));
            }
        };
    }

    default Form<List<T>> list() {
        var each = this;
        return new Form<>() {
            @Override
            public Json write(List<T> value) {
                return new Json.Arr(value.stream().map(each::write).toList());
            }

            @Override
            public List<T> read(Json json) {
                if (json instanceof Json.Arr(var items)) {
                    return items.stream().map(each::read).toList();
                }
                throw new IllegalArgumentException("no list: " + json.write());
            }
        };
    }

    /// By name, in the order they were put there.
    default Form<SequencedMap<String, T>> map() {
        return map(LinkedHashMap::new);
    }

    /// By name, sorted.
    default Form<SequencedMap<String, T>> sorted() {
        return map(TreeMap::new);
    }

    private Form<SequencedMap<String, T>> map(Supplier<SequencedMap<String, T>> empty) {
        var each = this;
        return new Form<>() {
            @Override
            public Json write(SequencedMap<String, T> value) {
                var members = new LinkedHashMap<String, Json>();
                value.forEach((name, entry) -> members.put(name, each.write(entry)));
                return new Json.Obj(members);
            }

            @Override
            public SequencedMap<String, T> read(Json json) {
                var entries = empty.get();
                object(json).members().forEach((name, entry) -> entries.put(name, each.read(entry)));
                return entries;
            }
        };
    }
}

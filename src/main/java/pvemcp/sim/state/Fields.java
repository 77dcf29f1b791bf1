package pvemcp.sim.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import pvemcp.json.Json;

/// The fields of one thing, on their way to JSON or back. Who has fields names each of them once, and that line
/// serves both ways:
///
///     used = fields.whole("used", used);
///
/// While a world is saved, the value is written down and comes back as it is; while one is loaded, what comes back is
/// the value that was saved. A field that a file lacks keeps the value it has, so that files outlive new fields.
public final class Fields {
    private final Optional<Json.Obj> saved;
    private final SequencedMap<String, Json> written = new LinkedHashMap<>();

    private Fields(Optional<Json.Obj> saved) {
        this.saved = saved;
    }

    /// Fields that are written down, to be had by [#json].
    public static Fields saving() {
        return new Fields(Optional.empty());
    }

    /// Fields as they were saved.
    public static Fields loading(Json.Obj saved) {
        return new Fields(Optional.of(saved));
    }

    /// What was written down.
    public Json.Obj json() {
        return new Json.Obj(written);
    }

    /// The value it is to have.
    public <T> T value(String name, T value, Form<T> form) {
        if (saved.isPresent()) {
            return saved.get().get(name).map(form::read).orElse(value);
        }
        written.put(name, form.write(value));
        return value;
    }

    public String text(String name, String value) {
        return value(name, value, Form.TEXT);
    }

    public long whole(String name, long value) {
        return value(name, value, Form.WHOLE);
    }

    public int number(String name, int value) {
        return value(name, value, Form.NUMBER);
    }

    public boolean flag(String name, boolean value) {
        return value(name, value, Form.FLAG);
    }

    public Instant moment(String name, Instant value) {
        return value(name, value, Form.MOMENT);
    }

    public Duration span(String name, Duration value) {
        return value(name, value, Form.SPAN);
    }

    public <T> Optional<T> maybe(String name, Optional<T> value, Form<T> form) {
        return value(name, value, form.optional());
    }

    /// What a thing is made with and keeps; whoever makes it reads it by one of the others.
    public void fixed(String name, String value) {
        text(name, value);
    }

    /// The same for a number.
    public void fixed(String name, long value) {
        whole(name, value);
    }

    /// The elements of a collection, which stays the same one.
    public <T> void all(String name, Collection<T> live, Form<T> form) {
        var elements = value(name, live.stream().toList(), form.list());
        if (saved.isPresent()) {
            live.clear();
            live.addAll(elements);
        }
    }

    public void texts(String name, Collection<String> live) {
        all(name, live, Form.TEXT);
    }

    /// The entries of a map, which stays the same one.
    public <V> void map(String name, Map<String, V> live, Form<V> form) {
        map(name, live, Function.identity(), form);
    }

    public void texts(String name, Map<String, String> live) {
        map(name, live, Form.TEXT);
    }

    /// The same for a map by numbers.
    public <V> void numbered(String name, Map<Integer, V> live, Form<V> form) {
        map(name, live, Integer::valueOf, form);
    }

    /// @param key out of what a key prints
    public <K, V> void map(String name, Map<K, V> live, Function<String, K> key, Form<V> form) {
        var printed = new LinkedHashMap<String, V>();
        live.forEach((each, value) -> printed.put(each.toString(), value));
        var entries = value(name, printed, form.map());
        if (saved.isPresent()) {
            live.clear();
            entries.forEach((each, value) -> live.put(key.apply(each), value));
        }
    }

    /// A thing that is there anyhow, and stays the same one.
    public void within(String name, HasFields thing) {
        value(name, thing, Form.inPlace(thing));
    }
}

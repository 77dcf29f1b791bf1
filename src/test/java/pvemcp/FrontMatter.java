package pvemcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// A page of Markdown with YAML before it, as skills and agents are written.
record FrontMatter(Map<String, Object> keys, String body) {
    private static final String FENCE = "---\n";

    static FrontMatter of(Path file) throws IOException {
        var text = Files.readString(file);
        int end = text.indexOf("\n" + FENCE);
        if (!text.startsWith(FENCE) || end < 0) {
            throw new AssertionError(file + " has no front matter");
        }
        var yaml = new Load(LoadSettings.builder().build()).loadFromString(text.substring(FENCE.length(), end + 1));
        if (!(yaml instanceof Map<?, ?> map)) {
            throw new AssertionError(file + ": the front matter is no map");
        }
        var keys = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> keys.put((String) key, value));
        return new FrontMatter(keys, text.substring(end + 1 + FENCE.length()));
    }

    String text(String key) {
        return (String) keys.getOrDefault(key, "");
    }

    List<String> words(String key) {
        return ((List<?>) keys.getOrDefault(key, List.of()))
                .stream().map(String.class::cast).toList();
    }
}

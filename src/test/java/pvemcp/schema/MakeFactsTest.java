package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import pvemcp.json.Json;

/// Makes the facts file of a new PVE version out of a host's apidoc.js, texts left out:
///
///     ./mvnw test -Dtest=MakeFactsTest -Dapidoc=apidoc.js -Dapidoc.version=9.3
///
/// What no host tells (`index`, `format`, `words`, `task`) is carried over from the newest file there is, to be
/// reviewed by hand.
final class MakeFactsTest {
    private static final Set<String> OF_RETURNS = Set.of(
            "type", "items", "properties", "enum", "format", "optional", "child", "minimum", "maximum", "pattern");
    private static final Path FOLDER = Path.of("src/main/resources/pvemcp/schema");

    private final Map<String, String> inline = new LinkedHashMap<>();

    @Test
    @EnabledIfSystemProperty(named = "apidoc", matches = ".+")
    void make_the_facts_file_of_a_version() throws IOException {
        var version = System.getProperty("apidoc.version", "");
        assertThat(version).matches("\\d+\\.\\d+");
        var javascript = Files.readString(Path.of(System.getProperty("apidoc")));
        Files.writeString(FOLDER.resolve("pve-" + version + ".facts"), facts(javascript, version));
    }

    @Test
    void the_file_made_says_what_the_host_said_without_its_texts() {
        var made = FactsFile.parse(facts("""
                const apiSchema = [{"path": "/lamps/{lamp}", "info": {"PUT": {"name": "set", "method": "PUT", "description": "Set it.",
                  "parameters": {"additionalProperties": 0, "properties": {"lamp": {"type": "string", "description": "Which."},
                    "level": {"type": "string", "default": "as bright as the hall", "optional": 1,
                      "format": {"percent": {"type": "integer", "description": "How much."}}}}},
                  "returns": {"type": "null", "description": "Nothing."}}}}];
                """, "9.9"));
        assertThat(made.version()).isEqualTo("9.9");
        assertThat(made.indexes()).containsEntry("net", 31);
        assertThat(made.operations()).singleElement().satisfies(line -> {
            assertThat(line.declaration()).isEqualTo("""
                    {"params":{"lamp":{"type":"string","in":"path"},"level":{"type":"string","optional":1,"format":"#f0"}},\
                    "returns":{"type":"null"}}""");
            assertThat(made.formats().get("#f0")).isEqualTo("""
                    {"percent":{"type":"integer"}}""");
        });
    }

    private String facts(String javascript, String version) {
        var newest = FactsFile.of("9.2");
        var read = Apidoc.read(javascript, newest);
        var operations = new ArrayList<String>();
        var byPath = Comparator.comparing(FactsFile.Line::path).thenComparing(FactsFile.Line::verb);
        for (var line : read.operations().stream().sorted(byPath).toList()) {
            var facts = FactsFile.object(line.declaration());
            var returns = facts.get("returns").map(MakeFactsTest::returned);
            var kept = (Json.Obj) withoutTexts(facts.without("returns"));
            if (returns.isPresent()) {
                kept = kept.with("returns", returns.get());
            }
            operations.add(line.verb() + " " + line.path() + " " + line.name() + " " + kept.write());
        }
        var lines = new ArrayList<String>();
        lines.add("# The API of PVE " + version + " as facts. pvemcp.schema.FactsFile says what each line means.");
        lines.add("version " + version);
        new TreeMap<>(newest.indexes()).forEach((stem, highest) -> lines.add("index " + stem + " " + highest));
        inline.forEach((keys, name) -> lines.add("format " + name + " " + keys));
        new TreeMap<>(newest.formats()).forEach((name, keys) -> {
            if (!name.startsWith("#")) {
                lines.add("format " + name + " " + keys);
            }
        });
        new TreeMap<>(newest.words())
                .forEach((list, words) -> lines.add("words " + list + " " + String.join(" ", words)));
        lines.addAll(operations);
        return String.join("\n", lines) + "\n";
    }

    /// Without sentences, and with the keys of a property string by name.
    private Json withoutTexts(Json json) {
        return switch (json) {
            case Json.Obj object -> {
                var kept = new LinkedHashMap<String, Json>();
                object.members().forEach((name, value) -> {
                    boolean sentence = value instanceof Json.Str(var text)
                            && (name.equals("description") || (name.equals("default") && text.split(" ").length > 2));
                    if (name.equals("format") && value instanceof Json.Obj keys) {
                        var plain = withoutTexts(keys).write();
                        kept.put(name, Json.str(inline.computeIfAbsent(plain, _ -> "#f" + inline.size())));
                    } else if (!sentence) {
                        kept.put(name, withoutTexts(value));
                    }
                });
                yield new Json.Obj(kept);
            }
            case Json.Arr list ->
                new Json.Arr(list.items().stream().map(this::withoutTexts).toList());
            default -> json;
        };
    }

    private static Json returned(Json json) {
        if (!(json instanceof Json.Obj schema)) {
            return json;
        }
        var kept = new LinkedHashMap<String, Json>();
        schema.members().forEach((name, value) -> {
            if (name.equals("properties") && value instanceof Json.Obj fields) {
                var named = new LinkedHashMap<String, Json>();
                fields.members().forEach((field, declared) -> named.put(field, returned(declared)));
                kept.put(name, new Json.Obj(named));
            } else if (OF_RETURNS.contains(name)) {
                kept.put(name, name.equals("items") ? returned(value) : value);
            }
        });
        return new Json.Obj(kept);
    }

    @Test
    void no_sentence_of_the_hosts_documentation_is_kept() {
        for (var version : List.of("8.4", "9.2")) {
            for (var line : FactsFile.of(version).operations()) {
                assertThat(line.declaration()).doesNotContain("\"typetext\"").doesNotContain("\"verbose_description\"");
            }
        }
    }
}

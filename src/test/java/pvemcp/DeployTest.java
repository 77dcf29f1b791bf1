package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.config.Surroundings;

/// The examples of `docs/deploy`: what they refer to exists, in them and in this program, and what they configure
/// is taken.
class DeployTest {
    private static final Path DEPLOY = Path.of("docs/deploy");
    private static final String SECRET = "a secret of more than thirty-two characters";

    @TempDir
    private Path folder;

    /// A piece of a document, of which the parts that are asked for have to be there.
    private record Yaml(Object piece) {
        static List<Yaml> documents(String name) throws IOException {
            var documents = new ArrayList<Yaml>();
            new Load(LoadSettings.builder().build())
                    .loadAllFromString(Files.readString(DEPLOY.resolve(name)))
                    .forEach(document -> documents.add(new Yaml(document)));
            return documents;
        }

        /// @param path `spec.template.spec`
        Yaml at(String path) {
            var found = piece;
            for (var name : path.split("\\.", -1)) {
                assertThat(found).as(path).isInstanceOf(Map.class);
                found = ((Map<?, ?>) found).get(name);
            }
            assertThat(found).as(path).isNotNull();
            return new Yaml(found);
        }

        boolean has(String name) {
            return ((Map<?, ?>) piece).containsKey(name);
        }

        String text(String path) {
            return at(path).piece().toString();
        }

        List<Yaml> list(String path) {
            assertThat(at(path).piece()).as(path).isInstanceOf(List.class);
            return ((List<?>) at(path).piece()).stream().<Yaml>map(Yaml::new).toList();
        }

        Set<String> words(String path) {
            return list(path).stream().map(word -> word.piece().toString()).collect(Collectors.toSet());
        }

        /// In their order, as text.
        Map<String, String> texts(String path) {
            var texts = new LinkedHashMap<String, String>();
            ((Map<?, ?>) at(path).piece()).forEach((name, value) -> texts.put(name.toString(), value.toString()));
            return texts;
        }

        Set<String> names(String path) {
            return list(path).stream().map(part -> part.text("name")).collect(Collectors.toSet());
        }
    }

    private static String image() throws IOException {
        var version = Pattern.compile("<artifactId>pve-mcp</artifactId>\\s*<version>([^<]+)<")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return "pve-mcp:" + version.group(1);
    }

    private Config loaded(Map<String, String> env) {
        return Config.load(new Surroundings(env, folder, folder));
    }

    private static Set<String> variables() {
        return Arrays.stream(Key.values())
                .flatMap(key -> key.kind() == Key.Kind.SECRET
                        ? Stream.of(key.env(), key.env() + "_FILE", key.env() + "_COMMAND")
                        : Stream.of(key.env()))
                .collect(Collectors.toSet());
    }

    @Test
    void the_kubernetes_manifest_is_of_one_piece() throws IOException {
        var kinds = new LinkedHashMap<String, Yaml>();
        Yaml.documents("kubernetes.yaml").forEach(document -> kinds.put(document.text("kind"), document));
        assertThat(kinds).containsOnlyKeys("ConfigMap", "Deployment", "Service", "PodDisruptionBudget");
        var deployment = kinds.get("Deployment");
        assertThat(deployment.texts("spec.template.metadata.labels"))
                .isEqualTo(deployment.texts("spec.selector.matchLabels"))
                .isEqualTo(kinds.get("Service").texts("spec.selector"))
                .isEqualTo(kinds.get("PodDisruptionBudget").texts("spec.selector.matchLabels"));
        assertThat(deployment.text("spec.replicas")).isEqualTo("2");

        var pod = deployment.at("spec.template.spec");
        var container = pod.list("containers").getFirst();
        assertThat(container.text("image")).isEqualTo(image());
        assertThat(container.names("volumeMounts")).isEqualTo(pod.names("volumes"));
        assertThat(container.names("ports"))
                .containsExactly(
                        kinds.get("Service").list("spec.ports").getFirst().text("targetPort"));
        var port = container.list("ports").getFirst().text("containerPort");
        assertThat(container.words("args")).containsExactlyInAnyOrder("serve", "--http", "0.0.0.0:" + port);
        assertThat(container.text("livenessProbe.httpGet.path")).isEqualTo("/healthz");
        assertThat(container.text("readinessProbe.httpGet.path")).isEqualTo("/readyz");
    }

    @Test
    void what_the_kubernetes_manifest_configures_is_taken() throws IOException {
        var documents = Yaml.documents("kubernetes.yaml");
        var file = Files.writeString(
                folder.resolve("config.toml"),
                documents.getFirst().texts("data").get("config.toml"));
        var container = documents.get(1).list("spec.template.spec.containers").getFirst();
        var env = new HashMap<String, String>();
        for (var variable : container.list("env")) {
            env.put(variable.text("name"), variable.has("value") ? file.toString() : SECRET);
        }
        assertThat(env.keySet()).isSubsetOf(with(variables(), "PVE_MCP_CONFIG"));
        var config = loaded(env);
        assertThat(config.shared().orElseThrow().database()).contains("sslmode=verify-full");
        assertThat(config.shared().orElseThrow().key().reveal()).isEqualTo(SECRET);
        assertThat(config.clusters()).hasSize(1);
    }

    private static Set<String> with(Set<String> names, String another) {
        return Stream.concat(names.stream(), Stream.of(another)).collect(Collectors.toSet());
    }

    @Test
    void the_compose_file_is_of_one_piece() throws IOException {
        var compose = Yaml.documents("compose.yaml").getFirst();
        assertThat(compose.texts("services")).containsOnlyKeys("one", "two", "proxy", "database");
        for (var service : compose.texts("services").keySet()) {
            assertThat(compose.texts("networks").keySet())
                    .containsAll(compose.words("services." + service + ".networks"));
        }
        var secrets = compose.texts("secrets").keySet();
        assertThat(compose.words("services.one.secrets")).isEqualTo(secrets);
        assertThat(compose.words("services.database.secrets")).isSubsetOf(secrets);
        assertThat(compose.text("services.one.image")).isEqualTo(image());
        assertThat(compose.text("configs.proxy.content"))
                .contains("one:8765", "two:8765", "GET /readyz", "GET /healthz");
    }

    @Test
    void what_the_compose_file_configures_is_taken() throws IOException {
        var given = Yaml.documents("compose.yaml").getFirst().texts("services.one.environment");
        assertThat(given.keySet()).isSubsetOf(variables());
        var secret = Files.writeString(folder.resolve("secret"), SECRET);
        assertThat(secret.toFile().setReadable(false, false) && secret.toFile().setReadable(true, true))
                .isTrue();
        var env = new HashMap<String, String>();
        given.forEach((name, value) -> env.put(name, name.endsWith("_FILE") ? secret.toString() : value));
        assertThat(loaded(env).shared().orElseThrow().database()).startsWith("postgresql://database:5432/pve-mcp");
    }
}

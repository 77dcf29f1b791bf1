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
import java.util.TreeSet;
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

    /// A mapping that may be asked for by a path: `spec.template.spec`.
    @SuppressWarnings("unchecked")
    private static <T> T at(Object yaml, String path) {
        var found = yaml;
        for (var name : path.split("\\.", -1)) {
            assertThat(found).as(path).isInstanceOf(Map.class);
            found = ((Map<String, Object>) found).get(name);
        }
        assertThat(found).as(path).isNotNull();
        return (T) found;
    }

    private static List<Object> documents(String name) throws IOException {
        var documents = new ArrayList<Object>();
        new Load(LoadSettings.builder().build())
                .loadAllFromString(Files.readString(DEPLOY.resolve(name)))
                .forEach(documents::add);
        return documents;
    }

    private static String image() throws IOException {
        var version = Pattern.compile("<artifactId>pve-mcp</artifactId>\\s*<version>([^<]+)<")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return "pve-mcp:" + version.group(1);
    }

    private static Set<String> names(List<Map<String, Object>> things) {
        return things.stream()
                .map(thing -> thing.get("name").toString())
                .collect(Collectors.toCollection(TreeSet::new));
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
        var kinds = new LinkedHashMap<String, Object>();
        documents("kubernetes.yaml").forEach(document -> kinds.put(at(document, "kind"), document));
        assertThat(kinds).containsOnlyKeys("ConfigMap", "Deployment", "Service", "PodDisruptionBudget");
        var deployment = kinds.get("Deployment");
        Map<String, String> labels = at(deployment, "spec.template.metadata.labels");
        assertThat(labels)
                .isEqualTo(at(deployment, "spec.selector.matchLabels"))
                .isEqualTo(at(kinds.get("Service"), "spec.selector"))
                .isEqualTo(at(kinds.get("PodDisruptionBudget"), "spec.selector.matchLabels"));
        assertThat(DeployTest.<Integer>at(deployment, "spec.replicas")).isGreaterThan(1);

        List<Map<String, Object>> containers = at(deployment, "spec.template.spec.containers");
        var container = containers.getFirst();
        assertThat(container.get("image")).isEqualTo(image());
        List<Map<String, Object>> volumes = at(deployment, "spec.template.spec.volumes");
        List<Map<String, Object>> mounts = at(container, "volumeMounts");
        assertThat(names(mounts)).isEqualTo(names(volumes));
        List<Map<String, Object>> ports = at(container, "ports");
        List<Map<String, Object>> offered = at(kinds.get("Service"), "spec.ports");
        assertThat(ports.getFirst()).containsEntry("name", offered.getFirst().get("targetPort"));
        assertThat(DeployTest.<List<String>>at(container, "args"))
                .containsExactly(
                        "serve", "--http", "0.0.0.0:" + ports.getFirst().get("containerPort"));
        assertThat(DeployTest.<String>at(container, "livenessProbe.httpGet.path"))
                .isEqualTo("/healthz");
        assertThat(DeployTest.<String>at(container, "readinessProbe.httpGet.path"))
                .isEqualTo("/readyz");
    }

    @Test
    void what_the_kubernetes_manifest_configures_is_taken() throws IOException {
        var documents = documents("kubernetes.yaml");
        var file = folder.resolve("config.toml");
        Map<String, String> files = at(documents.getFirst(), "data");
        Files.writeString(file, files.get("config.toml"));
        List<Map<String, Object>> containers = at(documents.get(1), "spec.template.spec.containers");
        List<Map<String, Object>> given = at(containers.getFirst(), "env");
        var env = new HashMap<String, String>();
        for (var variable : given) {
            env.put(variable.get("name").toString(), variable.containsKey("value") ? file.toString() : SECRET);
        }
        assertThat(variables())
                .containsAll(env.keySet().stream()
                        .filter(name -> !name.equals("PVE_MCP_CONFIG"))
                        .toList());
        var config = loaded(env);
        assertThat(config.shared().orElseThrow().database()).contains("sslmode=verify-full");
        assertThat(config.shared().orElseThrow().key().reveal()).isEqualTo(SECRET);
        assertThat(config.clusters()).hasSize(1);
    }

    @Test
    void the_compose_file_is_of_one_piece() throws IOException {
        var compose = documents("compose.yaml").getFirst();
        Map<String, Object> services = at(compose, "services");
        assertThat(services).containsOnlyKeys("one", "two", "proxy", "database");
        Map<String, Object> networks = at(compose, "networks");
        services.values()
                .forEach(service ->
                        assertThat(networks.keySet()).containsAll(DeployTest.<List<String>>at(service, "networks")));
        Map<String, Object> secrets = at(compose, "secrets");
        assertThat(secrets.keySet()).containsExactlyInAnyOrderElementsOf(at(compose, "services.one.secrets"));
        assertThat(secrets.keySet()).containsAll(DeployTest.<List<String>>at(compose, "services.database.secrets"));
        assertThat(DeployTest.<String>at(compose, "services.one.image")).isEqualTo(image());
        String proxy = at(compose, "configs.proxy.content");
        assertThat(proxy).contains("one:8765", "two:8765", "GET /readyz", "GET /healthz");
    }

    @Test
    void what_the_compose_file_configures_is_taken() throws IOException {
        Map<String, Object> given = at(documents("compose.yaml").getFirst(), "services.one.environment");
        assertThat(variables()).containsAll(given.keySet());
        var secret = Files.writeString(folder.resolve("secret"), SECRET);
        assertThat(secret.toFile().setReadable(false, false) && secret.toFile().setReadable(true, true))
                .isTrue();
        var env = new HashMap<String, String>();
        given.forEach((name, value) -> env.put(name, name.endsWith("_FILE") ? secret.toString() : value.toString()));
        assertThat(loaded(env).shared().orElseThrow().database()).startsWith("postgresql://database:5432/pve-mcp");
    }
}

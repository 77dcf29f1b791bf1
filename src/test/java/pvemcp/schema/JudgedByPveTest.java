package pvemcp.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

/// Every request that a real PVE 9.2 was sent, against what it answered: 200, or a 400 with its words.
final class JudgedByPveTest {
    private final ApiSchema schema = ApiSchema.builtIn("9.2");

    @Test
    void what_pve_refused_is_refused_under_the_same_keys_in_the_same_words() {
        var differences = new ArrayList<String>();
        int judged = 0;
        for (var exchange :
                exchanges().stream().filter(JudgedByPveTest::isJudgedHere).toList()) {
            var expected = strings(exchange.object("errors").orElse(Json.Obj.EMPTY));
            if (expected.isEmpty() || expected.values().stream().anyMatch(JudgedByPveTest::isSaidByCode)) {
                continue;
            }
            judged++;
            var found = new TreeMap<String, String>();
            problems(exchange).forEach(problem -> found.put(problem.parameter(), problem.wire()));
            if (!found.equals(expected)) {
                differences.add(exchange.text("from").orElse("") + " "
                        + exchange.text("call").orElse("") + "\n  pve:  " + expected + "\n  here: " + found);
            }
        }
        assertThat(differences).isEmpty();
        assertThat(judged).isGreaterThan(250);
    }

    @Test
    void what_pve_took_is_taken() {
        var differences = new ArrayList<String>();
        for (var exchange : exchanges()) {
            var errors = strings(exchange.object("errors").orElse(Json.Obj.EMPTY));
            boolean taken = errors.isEmpty() || errors.values().stream().anyMatch(JudgedByPveTest::isSaidByCode);
            if (taken && !problems(exchange).isEmpty()) {
                differences.add(exchange.write() + "\n  here: " + problems(exchange));
            }
        }
        assertThat(differences).isEmpty();
    }

    /// What the code behind an operation says once its arguments have passed: it knows the cluster's state, the
    /// caller or rules between parameters that no schema states.
    private static final Map<String, String> SAID_BY_CODE = Map.ofEntries(
            Map.entry("already exists\\.?$", "what exists"),
            Map.entry("^(no such |No such |.* does not exist$)", "what exists"),
            Map.entry("^unable to hotplug ", "the running guest"),
            Map.entry("not running locally|is local node", "where a guest runs"),
            Map.entry("storage ID mismatch|has wrong type|different storage formats", "what a volume is"),
            Map.entry("^Only root may ", "who calls"),
            Map.entry("^invalid ACL path ", "PVE::AccessControl::check_path"),
            Map.entry("^either 'users', ", "one of three parameters"),
            Map.entry("^(neither|both) '", "one of two parameters"),
            Map.entry("^option conflicts with option |^cannot use '|^you can't use '-", "two parameters at odds"),
            Map.entry("^missing property - '|^property is missing$", "a parameter another one's value needs"),
            Map.entry("^unknown (option|action|macro) |^no such option ", "words the code knows"),
            Map.entry("^invalid rule type ", "words the code knows"),
            Map.entry("^wrong file extension$", "rules of a content type"),
            Map.entry("namespace$", "reserved names"),
            Map.entry("^unable to parse worker upid$", "PVE::UPID::decode, called by the code"),
            Map.entry("^duplicate parameter ", "PVE::HTTPServer, before parameters are judged"));

    /// The host that answered had another version of a package than the schema's.
    private static final Map<String, String> OTHER_HOST =
            Map.of("s07#129", "its libproxmox-acme-plugins knew fewer DNS providers");

    private static boolean isSaidByCode(String message) {
        return SAID_BY_CODE.keySet().stream()
                .anyMatch(words -> Pattern.compile(words).matcher(message).find());
    }

    private static boolean isJudgedHere(Json.Obj exchange) {
        return !OTHER_HOST.containsKey(exchange.text("from").orElseThrow());
    }

    @Test
    void every_allowed_difference_occurs() {
        var messages = exchanges().stream()
                .flatMap(exchange -> strings(exchange.object("errors").orElse(Json.Obj.EMPTY)).values().stream())
                .toList();
        assertThat(SAID_BY_CODE.keySet())
                .allSatisfy(words -> assertThat(messages)
                        .anySatisfy(message -> assertThat(
                                        Pattern.compile(words).matcher(message).find())
                                .isTrue()));
    }

    private List<Problem> problems(Json.Obj exchange) {
        var call = exchange.text("call").orElseThrow();
        int space = call.indexOf(' ');
        var match = schema.match(Verb.valueOf(call.substring(0, space)), call.substring(space + 1))
                .orElseThrow(() -> new AssertionError("no operation for " + call));
        var arguments = new LinkedHashMap<String, Json>();
        exchange.object("args").orElseThrow().members().forEach((name, value) -> arguments.put(name, expanded(value)));
        match.variables().forEach((name, value) -> arguments.put(name, Json.str(value)));
        return schema.check(match.operation(), new Json.Obj(arguments));
    }

    /// Long values are written as `(70000 times x)`.
    private static Json expanded(Json value) {
        var long_ = Pattern.compile("\\((\\d+) times (.)\\)")
                .matcher(value.scalarText().orElse(""));
        return long_.matches() ? Json.str(long_.group(2).repeat(Integer.parseInt(long_.group(1)))) : value;
    }

    private static Map<String, String> strings(Json.Obj object) {
        var texts = new TreeMap<String, String>();
        object.members()
                .keySet()
                .forEach(name -> texts.put(name, object.text(name).orElseThrow()));
        return texts;
    }

    private static List<Json.Obj> exchanges() {
        return FactsFile.resource("judged-by-pve-9.2.jsonl")
                .lines()
                .map(line -> (Json.Obj) Json.parse(line))
                .toList();
    }
}

package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.dispatch.Withheld;
import pvemcp.json.Json;
import pvemcp.lab.Golden;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.pve.Permissions;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Verb;
import pvemcp.sim.world.Role;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tools.Catalog;
import pvemcp.view.Markdown;

/// `docs/migrating.md` makes promises by the hundred: here each of its calls is made.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigratingTest {
    private static final Path PAGE = Path.of("docs/migrating.md");
    private static final Path PEERS = Path.of("src/test/resources/peers");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern UPID = Pattern.compile("UPID:[^\\s`|'\"]+");
    private static final Pattern ARCHIVE = Pattern.compile("\\w+:backup/[^\\s`|'\",]+");

    /// @param there the other server's tool
    /// @param calls what does its work here, in order
    /// @param root whether PVE lets only root do it
    record Row(String there, List<String> calls, boolean root) {
        @Override
        public String toString() {
            return there;
        }
    }

    static Stream<Row> rows() throws IOException {
        return lines().filter(row -> !row.calls().isEmpty());
    }

    private static Stream<Row> lines() throws IOException {
        var rows = new ArrayList<Row>();
        boolean server = false;
        for (var line : Files.readAllLines(PAGE)) {
            server |= line.startsWith("## ");
            var cells = line.replace("\\|", "\0").split("\\|", -1);
            if (server && cells.length == 4 && cells[1].strip().startsWith("`")) {
                var calls = new ArrayList<String>();
                for (var code = CODE.matcher(cells[2].replace('\0', '|')); code.find(); ) {
                    if (code.group(1).startsWith("pve_")) {
                        calls.add(code.group(1));
                    }
                }
                rows.add(new Row(cells[1].strip(), List.copyOf(calls), cells[2].contains("as `root@pam`: ")));
            }
        }
        return rows.stream();
    }

    /// For the rows that only read: they leave it as it is.
    private static Lab quiet;

    /// Somebody who may do nothing.
    private static Lab stranger;

    @BeforeAll
    static void open() {
        quiet = lab();
        stranger = lab().holding("/");
    }

    @AfterAll
    static void close() {
        quiet.close();
        stranger.close();
    }

    private static Lab lab() {
        var lab = Lab.of(Scenes.household())
                .with(cluster -> {
                    // Only a guest on ZFS can be replicated.
                    Scenes.vm(cluster, 140, "pve1", "ledger");
                    Scenes.diskOn(cluster, StorageType.ZFSPOOL, 140);
                })
                .knowingSecret("guest-password", "correct horse battery staple")
                .knowingSecret("gotify", "AbCdEf")
                .knowingSecret("subscription", "pve4p-0123456789")
                .knowingSecret("key", """
                    -----BEGIN PRIVATE KEY-----
                    MC4CAQAwBQYDK2VwBCIEIB+++++++++++++++++++++++++++++++++++++++++
                    -----END PRIVATE KEY-----
                    """)
                .offering("rescue.iso", "small.tar.zst");
        return lab.knowingSecret("certificate", lab.<String>ask(cluster -> cluster.certificate.pem()))
                .makingTokens();
    }

    /// What the calls of curated tools have sent so far, such as `GET /nodes/{node}/qemu/{vmid}/config`.
    private static final Set<String> REACHED = new TreeSet<>();

    /// The same by tool and call.
    private static final Map<String, List<List<String>>> SENT = new TreeMap<>();

    /// What even the stranger has an answer from, be it that there is nothing.
    private static final Set<String> ALWAYS = new TreeSet<>();

    /// By these, names become ids and nodes, whoever asks.
    private static final Set<String> WAYS = Set.of("GET /cluster/resources", "GET /nodes", "GET /version");

    /// By this it is looked whether a backup has what is about to be lost; whoever may not do so is told, or refused.
    private static final String PRECAUTION = "GET /nodes/{node}/vzdump/extractconfig";

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @Order(1)
    void the_call_does_its_work(Row row) {
        if (row.calls().stream().allMatch(call -> tool(call).tier() == Tier.READ)) {
            make(quiet, row);
            row.calls().stream()
                    .filter(call -> make(stranger, call) instanceof ToolResult.Done)
                    .forEach(call -> ALWAYS.add(tool(call).name()));
            return;
        }
        try (var lab = lab()) {
            boolean inside = row.calls().stream().anyMatch(call -> call.matches("pve_guest_(exec|file|service).*"));
            if (inside) {
                lab.enteringOverSsh();
            }
            make(row.root() ? lab.asRoot() : lab, row);
        }
    }

    private static void make(Lab lab, Row row) {
        var told = "";
        for (var call : row.calls()) {
            var concrete = call.replace("$task", last(UPID, told)).replace("$archive", last(ARCHIVE, told));
            int before = lab.requests().size();
            var result = make(lab, concrete);
            if (!call.startsWith("pve_api_")) {
                var sent = lab.requests().stream()
                        .skip(before)
                        .map(MigratingTest::operation)
                        .toList();
                REACHED.addAll(sent);
                SENT.computeIfAbsent(tool(call).name(), _ -> new ArrayList<>()).add(sent);
            }
            assertThat(result).as(concrete).isInstanceOf(ToolResult.Done.class);
            told += "\n" + Markdown.render(((ToolResult.Done) result).view());
        }
    }

    /// What of a call stands for it: what it does more than read, or what it reads besides finding its way.
    private static Set<String> telling(Tool<?> tool, List<String> sent) {
        var telling = new TreeSet<String>();
        for (var each : sent) {
            var words = each.split(" ", 2);
            var operation = ApiSchema.builtIn("9.2").operation(Verb.valueOf(words[0]), words[1]);
            boolean reads = operation.isPresent()
                    && ApiSchema.builtIn("9.2").danger(operation.get(), Json.Obj.EMPTY) == Danger.READ;
            if (tool.tier() == Tier.READ ? !WAYS.contains(each) : !reads && !each.equals(PRECAUTION)) {
                telling.add(each);
            }
        }
        return telling;
    }

    /// By this table tools are taken off the list where a credential may send nothing of what they send.
    @Test
    @Order(2)
    void what_each_tool_sends_is_written_down() {
        var table = new StringBuilder("""
                # What each tool sends that tells whether it can work, one tool a line, as docs/migrating.md calls it.
                # Left out are tools of which a call sent nothing of that kind, or had an answer without any privilege.
                # Made by MigratingTest.
                """);
        for (var tool : Catalog.tools(Catalog.Surface.ALL, List.of())) {
            var calls = SENT.getOrDefault(tool.name(), List.of()).stream()
                    .map(sent -> telling(tool, sent))
                    .toList();
            if (!calls.isEmpty() && calls.stream().noneMatch(Set::isEmpty) && !ALWAYS.contains(tool.name())) {
                var all = new TreeSet<String>();
                calls.forEach(all::addAll);
                table.append(tool.name())
                        .append('\t')
                        .append(String.join("\t", all))
                        .append('\n');
            }
        }
        Golden.check("src/main/resources/pvemcp/dispatch/sends.tsv", table.toString());
    }

    /// For each privilege, a token that has all others: whatever is withheld from it does nothing for it.
    @Test
    void what_is_withheld_for_want_of_a_privilege_fails_without_it() throws IOException {
        var tools = Catalog.tools(Catalog.Surface.ALL, List.of());
        var calls = rows().filter(row -> !row.root())
                .flatMap(row -> row.calls().stream())
                .distinct()
                .toList();
        var worked = new TreeSet<String>();
        int tried = 0;
        try (var lab = lab()) {
            for (var privilege : Role.allPrivileges()) {
                var others = new TreeMap<String, Boolean>();
                Role.allPrivileges().stream()
                        .filter(each -> !each.equals(privilege))
                        .forEach(each -> others.put(each, true));
                var granted = new Permissions(Map.of("/", others));
                var withheld = Withheld.of(tools, ApiSchema.builtIn("9.2"), granted).stream()
                        .map(Withheld::tool)
                        .toList();
                lab.holding("/", others.keySet().toArray(String[]::new));
                for (var call : calls) {
                    if (withheld.contains(tool(call).name())) {
                        tried++;
                        if (make(lab, call) instanceof ToolResult.Done) {
                            worked.add(call + " without " + privilege);
                        }
                    }
                }
            }
        }
        assertThat(worked).as("%d calls", tried).isEmpty();
        assertThat(tried).isGreaterThan(100);
    }

    private static String operation(String request) {
        var words = request.split(" ", 2);
        return ApiSchema.builtIn("9.2")
                .match(Verb.valueOf(words[0]), words[1])
                .map(match -> words[0] + " " + match.operation().path())
                .orElse(request);
    }

    /// The 284 operations of PVE 9 that the tools of the four servers use between them.
    @Test
    @Order(2)
    void every_operation_of_theirs_is_reached_or_answered_for() throws IOException {
        var missing = new TreeSet<>(Files.readAllLines(PEERS.resolve("operations.txt")));
        assertThat(missing).hasSize(284);
        missing.removeAll(REACHED);
        var otherwise = Files.readAllLines(PEERS.resolve("otherwise.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("\t", 2)[0])
                .toList();
        assertThat(missing).containsExactlyInAnyOrderElementsOf(otherwise);
    }

    private static ToolResult make(Lab lab, String call) {
        return WrittenCall.of(call).makeIn(lab);
    }

    private static Tool<?> tool(String call) {
        return WrittenCall.of(call).tool();
    }

    private static String last(Pattern what, String told) {
        return what.matcher(told)
                .results()
                .map(MatchResult::group)
                .reduce((_, last) -> last)
                .orElse("nothing-was-told");
    }

    @Test
    void whatever_has_no_call_says_why() throws IOException {
        assertThat(lines().filter(row -> row.calls().isEmpty()))
                .allSatisfy(row -> assertThat(Files.readString(PAGE))
                        .containsPattern(Pattern.quote("| " + row.there() + " | ") + "(none|not on PVE)[:,] \\S"));
    }
}

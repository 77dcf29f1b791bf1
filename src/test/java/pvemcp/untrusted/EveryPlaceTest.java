package pvemcp.untrusted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.cli.WrittenCall;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Replication;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;
import pvemcp.tools.Catalog;

/// Every text in every answer that Proxmox VE and a backup server give to any of our tools, one after the other, says
/// something else than it should: names and notes as well as ids and states, values as well as the names they have,
/// and the words of refusals. Whatever it says, it stays what it is: text, in its place, all of it to be seen.
///
/// The calls are those of `docs/migrating.md`, and some more. What changes something is asked about, so that what a
/// person would see is read too.
@Timeout(5400)
class EveryPlaceTest {
    private static final Path PAGE = Path.of("docs/migrating.md");
    private static final int LONGEST = 120_000;

    /// What the calls find.
    private static final List<String> THERE = List.of(
            "pve_firewall_object kind=group action=create name=web comment=some",
            "pve_firewall_rule group=web action=add rule='{\"type\":\"in\",\"action\":\"ACCEPT\",\"comment\":\"some\"}'",
            "pve_firewall_rule action=add rule='{\"type\":\"in\",\"action\":\"ACCEPT\",\"comment\":\"some\"}'",
            "pve_firewall_rule guest=web action=add rule='{\"type\":\"in\",\"action\":\"ACCEPT\",\"comment\":\"some\"}'",
            "pve_firewall_object kind=alias action=create name=office cidr=198.51.100.0/24 comment=some",
            "pve_firewall_object kind=ipset action=create name=admins comment=some",
            "pve_firewall_object kind=entry action=create name=admins cidr=192.0.2.9 comment=some",
            "pve_job_set job=nightly guests=all schedule=02:00 options=storage=backup,comment=some",
            "pve_notification_set what=sendmail action=create name=office options='{\"mailto\":\"a@example.org\",\"comment\":\"some\"}'",
            "pve_notification_set what=matcher action=create name=all options='{\"target\":\"office\",\"comment\":\"some\"}'",
            "pve_ha_guest_set guest=web state=started options=comment=some",
            "pve_ha_rule_set name=east guests=web nodes=pve1 options=comment=some",
            "pve_sdn_set what=zone action=create name=z1 options=type=simple",
            "pve_sdn_set what=vnet action=create name=v1 options=zone=z1,alias=some",
            "pve_access_set what=group action=create id=team options=comment=some",
            "pve_cluster_set what=pci id=gpu values='{\"map\":[\"node=pve1,id=1234:5678,path=0000:00:01.0\"],\"description\":\"some\"}'",
            "pve_snapshot_create guest=wiki-old name=before description=some");

    /// What the page does not call.
    private static final List<String> MORE = List.of(
            "pve_backup_config archive=$archive",
            "pve_backup_protect archive=$archive",
            "pve_backup_delete archive=$archive",
            "pve_backup_restore archive=$archive vmid=400",
            "pve_evacuation_plan node=pve1",
            "pve_guest_power_many action=reboot vmids=101,103",
            "pve_guest_screenshot guest=web",
            "pve_query sql=\"SELECT name, tags, node FROM guests\"",
            "pve_security_audit",
            "pve_storage_pressure",
            "pve_storage_scan node=pve1 kind=nfs target=192.0.2.5",
            "pve_task_get task=$task",
            "pve_task_list",
            "pve_task_stop task=$task",
            "pve_task_wait task=$task",
            "pve_template_build image=local:import/debian-13-genericcloud-amd64.qcow2 name=base node=pve1 storage=local-lvm",
            "pve_undo",
            "pve_update_plan",
            "pve_what_changed",
            "pve_why guest=web",
            "pve_why node=pve1",
            "pve_ha_get",
            "pve_ha_get guest=web",
            "pve_replication_list",
            "pve_replication_list job=121-0",
            "pve_node_updates node=pve1 changelog=pve-manager",
            "pve_node_updates node=pve1 what=repositories",
            "pve_cluster_get what=mappings",
            "pve_sdn_get what=zones",
            "pve_sdn_get what=vnets",
            "pve_backup_list detail=full",
            "pve_guest_list detail=full",
            "pve_api_write method=get path=/nodes/pve1/query-oci-repo-tags params=reference=docker.io/library/alpine",
            "pve_api_write method=get path=/nodes/pve1/query-url-metadata params=url=https://docker.io/x.iso");

    /// The calls that look at backup servers.
    private static final List<String> BACKED_UP = List.of(
            "pve_backup_audit",
            "pve_query sql=\"SELECT * FROM pbs_datastores\"",
            "pve_query sql=\"SELECT * FROM pbs_snapshots\"",
            "pve_query sql=\"SELECT * FROM pbs_jobs\"",
            "pve_query sql=\"SELECT * FROM pbs_tasks\"");

    /// These read weeks of figures, or wait for a picture.
    private static final Set<String> SLOW = Set.of("pve_right_sizing", "pve_storage_pressure", "pve_guest_screenshot");

    private static Lab lab;
    private static final Replay replay = new Replay();
    private static final List<WrittenCall> CALLS = new ArrayList<>();

    @BeforeAll
    static void a_cluster_with_much_to_say() throws IOException {
        lab = Lab.of(Scenes.household())
                .asRoot()
                .knowingSecret("guest-password", "correct horse battery staple")
                .makingTokens()
                .offering("rescue.iso", "small.tar.zst")
                .policy(UntrustedTextTest::withoutLimits)
                .with(BackupServerWithMuch::beside)
                .through(replay::ofCluster);
        var vault = lab.sim().backupServer();
        lab.backedUp(List.of(lab.backupServer(
                "vault", lab.sim(), vault.token().secret(), vault.fingerprint(), replay::ofBackupServer)));
        for (var made : THERE) {
            assertThat(WrittenCall.of(made).makeIn(lab)).as(made).isInstanceOf(ToolResult.Done.class);
        }
        lab.with(cluster -> {
            var job = new Replication("121-0", "pve2", cluster.now());
            job.error = "some error";
            job.failures = 2;
            job.log.add("some line");
            cluster.replications.put(job.id(), job);
        });
        lab.policy(policy -> policy.with(Tier.OPERATE, Answer.ASK)
                .with(Tier.CHANGE, Answer.ASK)
                .with(Tier.DESTROY, Answer.ASK));
        lab.dispatcher();
        var task = first("UPID:[^\\s|'\"]+", lab.call("pve_task_list"));
        var archive = first("backup:backup/[^\\s|'\",]+", lab.call("pve_backup_list"));
        for (var line : lines()) {
            CALLS.add(WrittenCall.of(line.replace("$task", task).replace("$archive", archive)));
        }
    }

    private static Set<String> lines() throws IOException {
        var lines = new LinkedHashSet<String>();
        var code = Pattern.compile("`(pve_[a-z_]+[^`]*)`")
                .matcher(Files.readString(PAGE).replace("\\|", "|"));
        while (code.find()) {
            lines.add(code.group(1));
        }
        lines.addAll(BACKED_UP);
        lines.addAll(MORE);
        return lines;
    }

    private static String first(String pattern, ToolResult answer) {
        var found = Pattern.compile(pattern).matcher(Reading.text(answer));
        assertThat(found.find()).as(pattern).isTrue();
        return found.group();
    }

    @AfterAll
    static void end() {
        lab.close();
    }

    @Test
    void every_tool_is_called() {
        var missing = new TreeSet<String>();
        Catalog.tools(Catalog.Surface.ALL, List.of()).forEach(tool -> missing.add(tool.name()));
        CALLS.forEach(call -> missing.remove(call.tool().name()));
        assertThat(missing).isEmpty();
    }

    @Test
    void no_text_of_any_answer_is_more_than_text() {
        assertThat(allIsText(chosen(), call -> some(watch(call), Campaign.of(6, 150))))
                .isGreaterThan(300);
    }

    @Test
    void no_text_of_a_backup_server_is_more_than_text() {
        assertThat(allIsText(backedUp(), call -> some(ofBackupServer(call), Campaign.of(20, 150))))
                .isGreaterThan(80);
    }

    /// What campaigns have found once.
    @ParameterizedTest
    @CsvSource({
        "pve_node_list,                    [].node",
        "pve_backup_run guests=web,        [].storage",
        "pve_inventory_export,             [].status",
        "pve_inventory_export form=ini,    [].node",
        "pve_job_set job=nightly guests=all schedule=02:30, [].node"
    })
    void a_text_where_a_name_is_expected_is_no_more_than_text(String line, String member) {
        var call = WrittenCall.of(line);
        var place = new Place("GET /cluster/resources", member);
        assertThat(watch(call)).contains(place);
        for (var payload : Payloads.some(1)) {
            assertThat(judge(call, place, payload)).isEmpty();
        }
    }

    /// @return how many places there were
    private static int allIsText(List<WrittenCall> calls, Function<WrittenCall, List<Place>> places) {
        var payloads = Payloads.some(1);
        int each = Campaign.of(1, 4);
        var wrong = new TreeMap<String, String>();
        int seen = 0;
        int cases = 0;
        for (var call : calls) {
            for (var place : places.apply(call)) {
                seen++;
                // Which of them does not change with what other calls there are.
                int first = (call.tool().name() + place).hashCode();
                for (int i = 0; i < each; i++) {
                    cases++;
                    var payload = payloads.get(Math.floorMod(first + 7 * i, payloads.size()));
                    judge(call, place, payload)
                            .ifPresent(why -> wrong.put(call.tool().name() + " " + place, why));
                }
            }
        }
        Campaign.report("%d calls, %d places, %d cases".formatted(calls.size(), seen, cases));
        assertThat(wrong).isEmpty();
        return seen;
    }

    /// Nothing that an answer has in the place of a text or a number ends in a defect of ours.
    @ParameterizedTest
    @MethodSource("odd")
    void whatever_stands_in_an_answer_is_answered(List<Json> odd) {
        noDefect(chosen(), call -> some(watch(call), Campaign.of(1, 150)), odd);
    }

    @ParameterizedTest
    @MethodSource("odd")
    void whatever_a_backup_server_says_is_answered(List<Json> odd) {
        noDefect(backedUp(), call -> some(ofBackupServer(call), Campaign.of(10, 150)), odd);
    }

    private static void noDefect(List<WrittenCall> calls, Function<WrittenCall, List<Place>> places, List<Json> odd) {
        int each = Campaign.of(1, odd.size());
        var defects = new TreeMap<String, String>();
        int cases = 0;
        for (var call : calls) {
            for (var place : places.apply(call)) {
                for (int i = 0; i < each; i++) {
                    var value = odd.get(cases++ % odd.size());
                    replay.play(place, value);
                    try {
                        call.makeIn(lab);
                    } catch (RuntimeException e) {
                        defects.put("%s %s = %s".formatted(call.tool().name(), place, value.write()), e.toString());
                    }
                }
            }
        }
        Campaign.report("%d odd values".formatted(cases));
        assertThat(defects).isEmpty();
    }

    static Stream<List<Json>> odd() {
        return Stream.of(
                List.of(Json.num(9.9e30), Json.str("99999999999999999999"), Json.num(-7)),
                List.of(Json.obj("a", 1), Json.str(""), Json.arr()));
    }

    /// With each build one call of each tool that is quick, otherwise all.
    private static List<WrittenCall> chosen() {
        if (Campaign.isOn()) {
            return CALLS;
        }
        var tools = new HashSet<String>(SLOW);
        return CALLS.reversed().stream()
                .filter(call -> tools.add(call.tool().name()))
                .toList();
    }

    private static List<WrittenCall> backedUp() {
        return BACKED_UP.stream().map(WrittenCall::of).toList();
    }

    /// All places of what a backup server answers to this call.
    private static List<Place> ofBackupServer(WrittenCall call) {
        return watch(call).stream()
                .filter(place -> place.operation().startsWith(Replay.BACKUP_SERVER))
                .toList();
    }

    /// So many of the places, from the first to the last.
    private static List<Place> some(List<Place> places, int most) {
        var some = new ArrayList<Place>();
        int step = Math.max(1, places.size() / most);
        for (int i = 0; i < places.size(); i += step) {
            some.add(places.get(i));
        }
        return some;
    }

    /// Where there is text in the answers that this call gets.
    private static List<Place> watch(WrittenCall call) {
        lab.as("caller " + callers++);
        replay.watch();
        call.makeIn(lab);
        return replay.places();
    }

    private static int callers;

    private static Optional<String> judge(WrittenCall call, Place place, String payload) {
        replay.play(place, Json.str(payload));
        ToolResult result;
        try {
            result = call.makeIn(lab);
        } catch (RuntimeException e) {
            return Optional.of(e.toString());
        }
        var text = Reading.text(result);
        var wrong = new ArrayList<>(Reading.hidden(text));
        wrong.addAll(Reading.hidden(Reading.data(result)));
        Reading.atTerminal(result).forEach(shown -> wrong.addAll(Reading.hidden(shown)));
        lab.progress().forEach(told -> wrong.addAll(Reading.hidden(told.replace("\n", "\u0085"))));
        wrong.addAll(Reading.forged(Reading.outside(text), payload));
        if (text.length() > LONGEST) {
            wrong.add(text.length() + " characters");
        }
        if (call.tool().tier() != Tier.EXECUTE && replay.written() > 0) {
            wrong.add("it was done, though nobody had agreed");
        }
        return wrong.isEmpty()
                ? Optional.empty()
                : Optional.of(Reading.shown(payload) + " -> "
                        + wrong.stream().distinct().toList());
    }
}

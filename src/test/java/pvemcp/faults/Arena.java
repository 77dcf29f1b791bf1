package pvemcp.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import pvemcp.audit.Ledger;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.FaultProxy.Passed;
import pvemcp.lab.Lab;
import pvemcp.lab.Meeting;
import pvemcp.lab.Scenes;
import pvemcp.pve.Connection;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.Secret;
import pvemcp.pve.Upid;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// A server and a cluster of two nodes, with two ways between them that fail by chance. Many simulations are made in
/// one, each with guests of its own. For one thread.
final class Arena implements AutoCloseable {
    private static final WireFault[] FAULTS = WireFault.values();
    private static final Meeting[] MEETINGS = Meeting.values();
    /// How long the client waits for a whole answer; what is slow on purpose is slower.
    private static final Duration PATIENCE = Duration.ofMillis(700);

    private final Lab lab;
    private final List<FaultProxy> ways;
    private final HttpTransport straight;
    private int simulations;
    private long faults;

    Arena() {
        lab = Lab.of(Scenes.small()).with(cluster -> {
            cluster.addNode("pve2");
            var local = new Storage("local", StorageType.DIR);
            local.options.put("path", "/var/lib/vz");
            local.options.put("content", "images,rootdir");
            cluster.storages.put("local", local);
        });
        ways = List.of(FaultProxy.before(lab.sim()), FaultProxy.before(lab.sim()));
        lab.behind(PATIENCE, ways.toArray(FaultProxy[]::new));
        var token = lab.sim().token();
        straight = new HttpTransport(
                new Connection(
                        "straight",
                        List.of(URI.create(lab.sim().url())),
                        new Connection.Credential.Token(token.id(), new Secret(token.secret())),
                        new Connection.Trust.Fingerprints(List.of(lab.sim().fingerprint())),
                        Duration.ofSeconds(30)),
                Clock.systemUTC());
    }

    /// One call and how it went.
    ///
    /// @param effects requests of the deed that the simulator has carried out
    record Went(Deed deed, ToolResult result, List<Passed> effects) {}

    /// What became of a handful of calls while things broke.
    List<Went> simulate(long seed) {
        var chance = new Random(seed);
        int vm = 1000 + 10 * simulations++;
        int container = vm + 1;
        lab.as("simulation " + simulations).with(cluster -> {
            Scenes.vm(cluster, vm, "pve1", "vm" + vm).start(cluster.now());
            Scenes.container(cluster, container, "pve1", "ct" + container);
        });
        lab.advance(Duration.ofMinutes(5));
        var deeds = Deed.on(vm, container, chance);
        double rate = List.of(0.0, 0.1, 0.3, 0.6).get(chance.nextInt(4));
        breakDown(new Random(chance.nextLong()), rate);
        var results = new ArrayList<ToolResult>();
        for (var deed : deeds) {
            trouble(chance, vm, container);
            results.add(lab.call(deed.tool(), deed.arguments()));
        }
        heal(vm, container);
        var journal = passed();
        var all = new ArrayList<Went>();
        for (int i = 0; i < deeds.size(); i++) {
            var deed = deeds.get(i);
            var effects = journal.stream()
                    .filter(one -> one.answer().isGood() && deed.isSeenIn(one.request()))
                    .toList();
            all.add(new Went(deed, results.get(i), effects));
        }
        return all;
    }

    private void breakDown(Random chance, double rate) {
        for (var way : ways) {
            way.answers(_ -> answer(chance, rate));
            way.meets(() -> meeting(chance, rate / 4));
        }
    }

    private synchronized Answer answer(Random chance, double rate) {
        if (chance.nextDouble() >= rate) {
            return Answer.passed();
        }
        faults++;
        while (true) {
            var fault = FAULTS[chance.nextInt(FAULTS.length)];
            // Those that take real time are rarer, as is the one after which nothing is asked for a while.
            boolean rare = fault.told().takesTime() || fault == WireFault.F23_TOKEN;
            if (!rare || chance.nextInt(20) == 0) {
                return fault.answer();
            }
        }
    }

    private synchronized Meeting meeting(Random chance, double rate) {
        if (chance.nextDouble() >= rate) {
            return Meeting.WELL;
        }
        faults++;
        var meeting = MEETINGS[chance.nextInt(MEETINGS.length)];
        return meeting == Meeting.SILENT && chance.nextInt(20) != 0 ? Meeting.RESET : meeting;
    }

    /// What may be wrong with the cluster itself.
    private void trouble(Random chance, int vm, int container) {
        switch (chance.nextInt(30)) {
            case 0 -> lab.with(cluster -> at(cluster.guests.get(container), "lock", "backup"));
            case 1 -> lab.with(cluster -> at(cluster.guests.get(vm), "lock", "snapshot"));
            case 2 -> lab.sim().fail("qmstop").with("timeout");
            case 3 -> lab.sim().fail("vzsnapshot").with("no space left on device");
            case 4 -> lab.sim().faults().drop("pve2");
            case 5 -> lab.sim().faults().restore("pve2");
            case 6 ->
                lab.with(cluster -> {
                    if (cluster.guests.containsKey(vm)) {
                        cluster.guest(vm).node = "pve2";
                    }
                });
            default -> {}
        }
    }

    private static void at(Guest guest, String key, String value) {
        if (guest != null) {
            guest.config.put(key, value);
        }
    }

    private void heal(int vm, int container) {
        for (var way : ways) {
            way.answers(_ -> Answer.passed());
            way.meets(Meeting.WELL);
        }
        lab.sim().faults().restore("pve2");
        lab.advance(Duration.ofMinutes(10)); // All tasks come to their end.
        lab.with(cluster -> List.of(vm, container, vm + 2, vm + 3).forEach(cluster.guests::remove));
    }

    private List<Passed> passed() {
        var all = new ArrayList<>(ways.getFirst().passed());
        all.addAll(ways.getLast().passed());
        return all;
    }

    /// How a task has ended, asked without anything in between; empty where it runs.
    String end(Upid task) {
        try {
            return new Pve(straight).task(task).status().exit();
        } catch (PveException e) {
            return e.getMessage();
        }
    }

    long calls() {
        return lab.audit().stream()
                .filter(line -> line.text("event").orElse("").equals("end"))
                .count();
    }

    long faults() {
        return faults;
    }

    long requests() {
        return ways.stream().mapToLong(way -> way.seen().size()).sum();
    }

    /// What is wrong with the audit log, which has to tell of each write before and after it.
    List<String> audit() {
        var wrong = new ArrayList<String>();
        var file = lab.state().resolve("audit.jsonl");
        try {
            if (!new Ledger(file).verify(Optional.empty()).good()) {
                wrong.add("the ledger does not verify");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var open = new HashSet<Long>();
        var told = new HashSet<String>();
        for (var line : lab.audit()) {
            if (line.text("event").orElse("").equals("begin")) {
                open.add(line.whole("seq").orElseThrow());
            } else {
                line.whole("begin").ifPresent(open::remove);
            }
            line.array("sent").orElse(Json.Arr.EMPTY).items().forEach(sent -> told.add(request(sent)));
        }
        open.forEach(begin -> wrong.add("no outcome of line " + begin));
        for (var one : passed()) {
            if (one.request().isWrite() && !told.contains(one.request().toString())) {
                wrong.add("nothing tells of " + one.request());
            }
        }
        return wrong;
    }

    private static String request(Json sent) {
        return sent.scalarText().orElseThrow().replaceFirst(" \\{.*", "");
    }

    @Override
    public void close() {
        straight.close();
        ways.forEach(FaultProxy::close);
        lab.close();
    }
}

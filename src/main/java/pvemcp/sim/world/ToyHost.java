package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// The little Debian inside a guest that its agent and its SSH server work on: files, services, processes. Mutable;
/// the simulator's lock guards it.
public final class ToyHost implements HasFields {
    static final Form<ToyHost> FORM =
            Form.thing(fields -> new ToyHost(fields.text("name", ""), fields.moment("installed", Instant.EPOCH)));

    private final String name;
    private final Instant installed;
    /// By absolute path.
    public final SequencedMap<String, ToyFile> files = new TreeMap<>();
    /// Units of its systemd and whether they run.
    public final SequencedMap<String, Boolean> services = new TreeMap<>();
    /// Whether the agent takes requests and never answers.
    public boolean agentHangs;
    public boolean frozen;
    /// What users log in with, as far as it was set.
    public final SequencedMap<String, String> passwords = new TreeMap<>();
    /// What this host has besides the usual programs.
    final Map<String, ToyPrograms.Own> programs = new HashMap<>();

    private final SequencedMap<Long, Running> processes = new LinkedHashMap<>();
    private long lastPid = 162;

    /// A program that was started.
    public record Running(Instant ends, ToyEnd end) {
        static final Form<Running> FORM = Form.value(
                new Running(Instant.EPOCH, ToyEnd.NOTHING),
                (fields, running) -> new Running(
                        fields.moment("ends", running.ends), fields.value("end", running.end, ToyEnd.FORM)));
    }

    ToyHost(String name, Instant installed) {
        this.name = name;
        this.installed = installed;
        for (var folder : List.of("/", "/etc", "/etc/nginx", "/var", "/var/log", "/root", "/home", "/tmp", "/srv")) {
            files.put(folder, ToyFile.folder(installed));
        }
        put("/etc/hostname", name + "\n");
        put("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 " + name + "\n");
        put("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\nVERSION_ID=\"13\"\n");
        put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\ndebian:x:1000:1000:Debian:/home/debian:/bin/bash\n");
        put("/etc/motd", "Welcome to " + name + "\n");
        put("/etc/nginx/nginx.conf", "worker_processes auto;\nevents { worker_connections 768; }\n");
        put("/var/log/syslog", "systemd[1]: Started ssh.service - OpenBSD Secure Shell server.\n");
        for (var unit : List.of("cron", "nginx", "qemu-guest-agent", "ssh")) {
            services.put(unit, true);
        }
        services.put("postgresql", false);
    }

    public String name() {
        return name;
    }

    /// Puts a file of root's there.
    public void put(String path, String text) {
        files.put(path, ToyFile.of(text.getBytes(StandardCharsets.UTF_8), installed));
    }

    /// Writes a whole file; one that is there keeps its owner and mode.
    public void write(String path, byte[] content, Instant now) {
        var old = files.get(path);
        files.put(path, old == null ? ToyFile.of(content, now) : old.holding(content, now));
    }

    public Optional<ToyFile> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /// The file's text, for those who look at what a story has done.
    public String text(String path) {
        return new String(files.get(path).bytes(), StandardCharsets.UTF_8);
    }

    /// The folder that a path stands in.
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /// The names in a folder, sorted.
    public List<String> names(String folder) {
        var prefix = folder.equals("/") ? "/" : folder + "/";
        var names = new ArrayList<String>();
        for (var path : files.keySet()) {
            if (path.length() > prefix.length() && path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
                names.add(path.substring(prefix.length()));
            }
        }
        return names;
    }

    /// Runs a program and keeps its end until somebody asks for it.
    ///
    /// @return its pid; empty where there is no such program
    public Optional<Long> start(List<String> argv, byte[] input, Instant now) {
        // The agent forks before it finds out that there is no such program, so that uses up a pid too.
        lastPid += 2;
        if (!ToyPrograms.has(argv.getFirst())) {
            return Optional.empty();
        }
        var end = run(argv, input, now);
        processes.put(lastPid, new Running(now.plus(end.takes()), end));
        return Optional.of(lastPid);
    }

    /// Runs a line in root's shell, as an SSH server does with what it is asked to run.
    public ToyEnd line(String line, byte[] input, Instant now) {
        return run(List.of("sh", "-c", line), input, now);
    }

    /// Runs a program to its end.
    public ToyEnd run(List<String> argv, byte[] input, Instant now) {
        return new ToyShell(this, now).program(argv, input);
    }

    /// @return false where there is no such user
    public boolean setPassword(String user, String password) {
        boolean known = text("/etc/passwd").lines().anyMatch(line -> line.startsWith(user + ":"));
        if (known) {
            passwords.put(user, password);
        }
        return known;
    }

    /// What was started under that pid and has not been asked for to its end.
    public Optional<Running> process(long pid) {
        return Optional.ofNullable(processes.get(pid));
    }

    public void forget(long pid) {
        processes.remove(pid);
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("name", name);
        fields.moment("installed", installed);
        fields.map("files", files, ToyFile.FORM);
        fields.map("services", services, Form.FLAG);
        agentHangs = fields.flag("agentHangs", agentHangs);
        frozen = fields.flag("frozen", frozen);
        fields.texts("passwords", passwords);
        fields.map("processes", processes, Long::valueOf, Running.FORM);
        lastPid = fields.whole("lastPid", lastPid);
    }
}

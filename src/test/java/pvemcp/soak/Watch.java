package pvemcp.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import pvemcp.lab.ServerProcess;

/// Looks at a server from outside: at what Linux knows of its process, and at what its JVM tells when it is asked to
/// collect its garbage and to name its threads. Each is asked after at equal intervals.
final class Watch {
    /// As a JVM tells it with `-Xlog:gc`: the heap before and after, and what is committed of it.
    private static final Pattern COLLECTED = Pattern.compile("Pause Full \\(Diagnostic Command\\) \\d+M->(\\d+)M");

    private static final Duration LOOK = Duration.ofSeconds(5);

    /// Every so many looks the JVM is asked as well.
    private static final int LOOKS_TO_A_QUESTION = 6;

    private final ServerProcess server;
    private final Path folder;
    private final Map<Measure, Course> courses = new EnumMap<>(Measure.class);
    private final BlockingQueue<Integer> collected = new LinkedBlockingQueue<>();

    /// @param folder for the JVM to write its threads into
    Watch(ServerProcess server, Path folder) {
        this.server = server;
        this.folder = folder;
        for (var measure : Measure.values()) {
            courses.put(measure, new Course(measure));
        }
    }

    /// Is told what the server says, as the JVM does on the same stream.
    void hears(String line) {
        var matcher = COLLECTED.matcher(line);
        if (matcher.find()) {
            collected.add(Integer.parseInt(matcher.group(1)));
        }
    }

    /// Looks for so long, and asks while the load holds still: what is held for a call under way is no leak, and
    /// differs from one moment to the next.
    void over(Duration time, Load load) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        for (long look = 1; System.nanoTime() < end; look++) {
            long before = load.total();
            long began = System.nanoTime();
            Thread.sleep(LOOK);
            courses.get(Measure.PACE).add((load.total() - before) * 1e9 / (System.nanoTime() - began));
            look();
            if (look % LOOKS_TO_A_QUESTION == 0) {
                load.still(this::ask);
            }
        }
    }

    /// What Linux knows, which costs the server nothing.
    private void look() throws IOException {
        courses.get(Measure.RESIDENT).add(status("VmRSS") / 1024.0);
        courses.get(Measure.THREADS).add(status("Threads"));
        courses.get(Measure.DESCRIPTORS).add(descriptors());
    }

    /// What only its JVM knows, which stops it for some milliseconds.
    private void ask() throws IOException, InterruptedException {
        courses.get(Measure.HEAP).add(heap());
        courses.get(Measure.VIRTUAL).add(virtualThreads());
    }

    private int status(String what) throws IOException {
        var line = Pattern.compile("(?m)^" + what + ":\\s+(\\d+)")
                .matcher(Files.readString(Path.of("/proc/%d/status".formatted(server.pid()))));
        if (!line.find()) {
            throw new IOException("proc(5) has no " + what);
        }
        return Integer.parseInt(line.group(1));
    }

    int descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/%d/fd".formatted(server.pid())))) {
            return Math.toIntExact(open.count());
        }
    }

    private int heap() throws IOException, InterruptedException {
        jcmd("GC.run");
        return Optional.ofNullable(collected.poll(30, TimeUnit.SECONDS))
                .orElseThrow(() -> new IOException("the JVM does not tell of its collection"));
    }

    int virtualThreads() throws IOException, InterruptedException {
        var file = folder.resolve("threads.txt");
        jcmd("Thread.dump_to_file", "-overwrite", file.toString());
        try (var lines = Files.lines(file)) {
            // #31 "http-rounds" virtual WAITING 2026-11-21T21:00:00Z
            return Math.toIntExact(lines.filter(line -> line.startsWith("#") && line.contains("\" virtual"))
                    .count());
        }
    }

    /// Waits for what others have left behind to be tidied up; fails where it is not.
    void awaitNoMoreThan(int virtual, int descriptors, Duration patience) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (virtualThreads() > virtual || descriptors() > descriptors) {
            if (System.nanoTime() > end) {
                throw new AssertionError("after %s there are %d virtual threads and %d descriptors, not %d and %d"
                        .formatted(patience, virtualThreads(), descriptors(), virtual, descriptors));
            }
            Thread.sleep(1_000);
        }
    }

    private void jcmd(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(server.pid()));
        command.addAll(List.of(words));
        var asked = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.waitFor() != 0) {
            throw new IOException("%s: %s".formatted(String.join(" ", command), said));
        }
    }

    /// A table of all that was seen often enough.
    String table() {
        var table =
                new StringBuilder("| least / median / most | 1st quarter | 2nd | 3rd | 4th |\n|---|---|---|---|---|\n");
        told().forEach(course -> table.append(course.row()).append('\n'));
        return table.toString();
    }

    /// By how much the pace grew; empty where it did not.
    Optional<String> quickening() {
        return courses.get(Measure.PACE).growth();
    }

    /// What grew of what the server takes.
    List<String> growths() {
        return told().stream()
                .filter(course -> course != courses.get(Measure.PACE))
                .flatMap(course -> course.growth().stream())
                .toList();
    }

    private List<Course> told() {
        return courses.values().stream().filter(Course::isTold).toList();
    }
}

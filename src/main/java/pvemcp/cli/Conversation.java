package pvemcp.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.terminal.TerminalBuilder;
import pvemcp.config.Config;
import pvemcp.config.Key;

/// `pve-mcp` alone on a terminal: lines are carried out one after the other, each like a command line of its own but
/// over one connection, until the person leaves.
final class Conversation {
    private static final String SIGN = "pve> ";

    /// What is started from a shell: a process of its own, or something that sets one up.
    private static final Set<String> ELSEWHERE =
            Set.of("serve", "demo", "sim", "setup", "completion", "docs", "__complete");

    /// What tells of the clusters that are configured, which a demo is none of.
    private static final Set<String> NOT_OF_A_DEMO = Set.of("doctor", "config", "token");

    private final Inside inside;
    private final Console console;
    private final Set<String> elsewhere;
    private final Optional<Path> memory;

    private List<String> rest = List.of();
    private Optional<List<String>> nextPage = Optional.empty();

    private Conversation(Inside inside, Console console, Set<String> elsewhere, Optional<Path> memory) {
        this.inside = inside;
        this.console = console;
        this.elsewhere = elsewhere;
        this.memory = memory;
    }

    /// On the configured clusters.
    static Conversation with(Host host, Config config, Door door, Console console) {
        var inside = new Inside(host, () -> config, door);
        return new Conversation(inside, console, ELSEWHERE, Optional.of(config.path(Key.STATE_DIRECTORY)));
    }

    /// On a demo's cluster; what is typed there is forgotten with it.
    static Conversation inDemo(Host host, Door door, Console console) {
        var elsewhere = new TreeSet<>(ELSEWHERE);
        elsewhere.addAll(NOT_OF_A_DEMO);
        return new Conversation(new Inside(host, host::demoConfig, door), console, elsewhere, Optional.empty());
    }

    void run() {
        try (var keyboard = keyboard()) {
            run(keyboard);
        }
    }

    private Keyboard keyboard() {
        if (!console.screen().erases() || !Console.atTerminal()) {
            return new PlainKeyboard(console.onOneScreen());
        }
        // It tells of each terminal type that it has no description of, with a stack trace.
        var chatter = Logger.getLogger("org.jline");
        chatter.setLevel(Level.OFF);
        try {
            // The provider that runs stty needs no native library, which Java would warn of.
            var terminal = TerminalBuilder.builder()
                    .system(true)
                    .provider("exec")
                    .dumb(true)
                    .build();
            return new EditedKeyboard(terminal, console, new Recollection(memory), this::candidates);
        } catch (IOException _) {
            return new PlainKeyboard(console.onOneScreen());
        }
    }

    void run(Keyboard keyboard) {
        while (true) {
            switch (keyboard.line(SIGN)) {
                case Typed.End() -> {
                    return;
                }
                case Typed.GivenUp() -> forget();
                case Typed.Line(var line) -> {
                    var words = Words.split(line);
                    if (!words.isEmpty() && Set.of("exit", "quit").contains(words.getFirst())) {
                        return;
                    }
                    take(words, keyboard);
                }
            }
        }
    }

    private void take(List<String> words, Keyboard keyboard) {
        if (words.isEmpty() || words.equals(List.of("more"))) {
            more(keyboard, !words.isEmpty());
            return;
        }
        forget();
        var first = words.getFirst();
        if (elsewhere.contains(first)) {
            keyboard.console().tell("'%s' is for a shell: leave with 'exit', then pve-mcp %s".formatted(first, first));
        } else if (first.equals("help") || first.equals("?")) {
            shown(keyboard, out -> help(out).about(words.subList(1, words.size())));
        } else {
            shown(keyboard, out -> commands(out).run(words));
        }
    }

    private Commands commands(Console out) {
        return new Commands(inside, out, Optional.of(words -> nextPage = Optional.of(words)));
    }

    private Help help(Console out) {
        return new Help(inside.door().dispatcher(), commands(out), elsewhere, out);
    }

    private List<Candidates.Candidate> candidates(List<String> words) {
        return new LineCandidates(
                        inside.door().dispatcher(), console, help(console).here(), commands(console)::candidates)
                .of(words);
    }

    // ---- one screenful after the other ----

    private void forget() {
        rest = List.of();
        nextPage = Optional.empty();
    }

    private void more(Keyboard keyboard, boolean asked) {
        if (!rest.isEmpty()) {
            var lines = rest;
            rest = List.of();
            shown(keyboard, out -> lines.forEach(out.out()::println));
        } else if (nextPage.isPresent()) {
            var words = nextPage.get();
            nextPage = Optional.empty();
            shown(keyboard, out -> commands(out).run(words));
        } else if (asked) {
            keyboard.console().out().println("there is no more");
        }
    }

    private interface Work {
        void with(Console out);
    }

    /// Does some work on a thread of its own, which Ctrl-C interrupts; a second one no longer waits for it.
    private void shown(Keyboard keyboard, Work work) {
        var whole = keyboard.console();
        var screenful = new Screenful(whole.out(), Math.max(0, keyboard.height() - 2));
        var out = whole.withOut(new PrintStream(screenful, true, StandardCharsets.UTF_8));
        var worker = Thread.ofVirtual().name("pve-mcp-line").unstarted(() -> work.with(out));
        var here = Thread.currentThread();
        var asked = new AtomicInteger();
        keyboard.onInterrupt(() -> {
            if (asked.incrementAndGet() == 1) {
                worker.interrupt();
            } else {
                here.interrupt();
            }
        });
        worker.start();
        try {
            worker.join();
        } catch (InterruptedException _) {
            screenful.mute();
            whole.out().println("left alone; 'task list' and 'audit tail' tell what became of it");
        } finally {
            keyboard.onInterrupt(() -> {});
        }
        rest = screenful.rest();
        if (!rest.isEmpty()) {
            whole.out().println(whole.dim("… %d more lines: Enter".formatted(rest.size())));
        } else if (nextPage.isPresent()) {
            whole.out().println(whole.dim("… more: Enter"));
        }
    }
}

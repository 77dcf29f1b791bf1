package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;

/// A command in this process that goes on until it is ended, for as long as the block lasts.
final class Running implements AutoCloseable {
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Thread thread;

    Running(Map<String, String> env, Path directory, String... args) {
        this(InputStream.nullInputStream(), env, directory, args);
    }

    /// @param typed what it reads
    Running(InputStream typed, Map<String, String> env, Path directory, String... args) {
        var out = new PrintStream(new Lines(), true, StandardCharsets.UTF_8);
        var console = new Console(typed, out, out, false, false, 0);
        var surroundings = new Surroundings(env, directory, directory);
        thread = Thread.ofPlatform().start(() -> Main.run(List.of(args), console, surroundings));
    }

    /// Lines, each whole.
    private final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                said.add(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(b);
            }
        }
    }

    /// The next line that it says, on whichever stream; fails where none comes.
    String says() {
        try {
            var line = said.poll(60, TimeUnit.SECONDS);
            assertThat(line).as("it says nothing").isNotNull();
            return line;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// All it says up to the first line that begins so, that one included.
    List<String> saysUntil(String beginning) {
        var lines = new ArrayList<String>();
        do {
            lines.add(says());
        } while (!lines.getLast().startsWith(beginning));
        return lines;
    }

    /// Waits until it has ended by itself, as it does at the end of what it reads.
    void ends() {
        try {
            assertThat(thread.join(Duration.ofSeconds(60))).as("it goes on").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

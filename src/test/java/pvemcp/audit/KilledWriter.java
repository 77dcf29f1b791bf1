package pvemcp.audit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import pvemcp.json.Json;

/// A process of its own that records from several threads until it is killed, and says of each entry on its output
/// that it was acknowledged.
final class KilledWriter {
    private static final int THREADS = 4;
    private static final long LARGEST = 96 << 10;

    private KilledWriter() {}

    /// @param args the ledger, and a word that marks this process's entries
    public static void main(String[] args) throws InterruptedException {
        var log = new AuditLog(Path.of(args[0]), Clock.systemUTC(), LARGEST);
        var out = new FileOutputStream(FileDescriptor.out);
        var threads = new Thread[THREADS];
        for (int i = 0; i < THREADS; i++) {
            var name = args[1] + "-" + i;
            threads[i] = Thread.ofPlatform().start(() -> write(log, out, name));
        }
        for (var thread : threads) {
            thread.join();
        }
    }

    private static void write(AuditLog log, FileOutputStream out, String name) {
        try {
            for (int i = 0; ; i++) {
                long intent = log.record(entry("begin", name, i));
                say(out, intent, name, i);
                log.note(Json.obj("event", "task", "begin", intent, "task", "UPID:pve1:" + i));
                long end = log.record(entry("end", name, i).with("begin", Json.num(intent)));
                say(out, end, name, i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Json.Obj entry(String event, String name, int number) {
        return Json.obj("event", event, "writer", name, "number", number, "filler", "x".repeat(number * 37 % 900));
    }

    /// One write, so that a kill leaves no half of it.
    private static void say(FileOutputStream out, long seq, String name, int number) throws IOException {
        out.write("%d %s %d\n".formatted(seq, name, number).getBytes(StandardCharsets.US_ASCII));
    }
}

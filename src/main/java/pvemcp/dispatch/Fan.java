package pvemcp.dispatch;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import pvemcp.pve.Abreast;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.remote.Shells;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Each;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.ToolContext;
import pvemcp.tool.ToolResult;
import pvemcp.tool.Vault;

/// What a read may use that is about several clusters: all of them, asked at the same time, each for as long as it is
/// worth waiting for. One that fails is told, and the others' answers stay.
final class Fan implements ToolContext {
    /// Clusters at once; each of them has a limit of its own on what is under way there.
    private static final int AT_ONCE = 16;

    private final List<Context> contexts;
    private final Beside beside;
    private final List<String> left;

    /// @param contexts at least one
    /// @param left the clusters that are not asked at all, each with the reason
    Fan(List<Context> contexts, Beside beside, List<String> left) {
        this.contexts = List.copyOf(contexts);
        this.beside = beside;
        this.left = List.copyOf(left);
    }

    /// None of the clusters answered.
    static final class Silence extends RuntimeException {
        private final transient SequencedMap<String, ToolResult.Failed> failures;

        /// @param failures by the names of the clusters
        Silence(SequencedMap<String, ToolResult.Failed> failures) {
            super("none of " + String.join(", ", failures.keySet()) + " answered");
            this.failures = failures;
        }

        SequencedMap<String, ToolResult.Failed> failures() {
            return failures;
        }
    }

    /// What went wrong, in words.
    static SequencedMap<String, ToolResult.Failed> explained(
            List<Context> contexts, SequencedMap<String, PveFault> faults) {
        var failures = new LinkedHashMap<String, ToolResult.Failed>();
        for (var ctx : contexts) {
            var name = ctx.cluster().name();
            if (faults.containsKey(name)) {
                failures.put(name, Explain.fault(faults.get(name), ctx.identity()));
            }
        }
        return failures;
    }

    /// Asks each, and waits for all that answer in their time; what comes back is by the names of the clusters.
    ///
    /// @throws CancellationException when this thread is interrupted or the caller has taken the call back
    static <T> Abreast.Round<T> ask(List<Context> contexts, Function<ToolContext, T> question) {
        var questions = new LinkedHashMap<String, Callable<T>>();
        for (var ctx : contexts) {
            questions.put(ctx.cluster().name(), () -> inTime(ctx.silent(), question));
        }
        return Abreast.ask(questions, AT_ONCE);
    }

    private static <T> T inTime(Context ctx, Function<ToolContext, T> question) throws InterruptedException {
        var answer = new CompletableFuture<T>();
        var worker = Thread.ofVirtual().name("cluster " + ctx.cluster().name()).start(() -> {
            try {
                answer.complete(question.apply(ctx));
            } catch (Throwable e) { // Whoever waits for it gets it, whatever it is.
                answer.completeExceptionally(e);
            }
        });
        var patience = ctx.cluster().patience();
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            var why = "no answer in " + patience.toString().substring(2).toLowerCase(Locale.ROOT);
            throw new PveException(new PveFault.Unreachable(ctx.cluster().name(), why));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PveException failed ? failed : Abreast.unforeseen(e.getCause());
        } finally {
            worker.interrupt();
        }
    }

    @Override
    public <T> Each<T> everywhere(Function<ToolContext, T> question) {
        checkCancelled();
        var round = ask(contexts, question);
        checkCancelled();
        if (round.answers().isEmpty()) {
            throw contexts.size() == 1 && left.isEmpty()
                    ? new PveException(round.faults().firstEntry().getValue())
                    : new Silence(explained(contexts, round.faults()));
        }
        // What is not there is on another cluster.
        round.faults().values().removeIf(fault -> fault instanceof PveFault.Missing);
        var gaps = new ArrayList<>(left);
        explained(contexts, round.faults())
                .forEach((cluster, failed) -> gaps.add("%s: %s".formatted(cluster, failed.what())));
        return new Each<>(round.answers(), gaps, true);
    }

    @Override
    public boolean oneOfSeveral() {
        return true;
    }

    // ---- what belongs to no cluster ----

    @Override
    public List<BackupServer> backupServers() {
        return beside.open();
    }

    @Override
    public List<String> closedBackupServers() {
        return beside.closed();
    }

    @Override
    public LocalFiles files() {
        return contexts.getFirst().files();
    }

    @Override
    public Clock clock() {
        return contexts.getFirst().clock();
    }

    @Override
    public void progress(double fraction, String message) {
        contexts.getFirst().progress(fraction, message);
    }

    @Override
    public void checkCancelled() {
        contexts.getFirst().checkCancelled();
    }

    // ---- what belongs to one ----

    @Override
    public Pve pve() {
        throw ofOne();
    }

    @Override
    public Shells shells() {
        throw ofOne();
    }

    @Override
    public Vault vault() {
        throw ofOne();
    }

    @Override
    public String identity() {
        throw ofOne();
    }

    @Override
    public ApiSchema schema() {
        throw ofOne();
    }

    private static IllegalStateException ofOne() {
        return new IllegalStateException("a call about several clusters asks each of them: ToolContext.everywhere");
    }
}

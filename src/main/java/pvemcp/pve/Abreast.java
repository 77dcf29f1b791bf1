package pvemcp.pve;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Several questions asked at the same time, each on a virtual thread of its own: one that fails takes nothing from
/// the others.
public final class Abreast {
    private Abreast() {}

    /// What came back, by question, in their order: each is in one of the two.
    public record Round<T>(SequencedMap<String, T> answers, SequencedMap<String, PveFault> faults) {}

    /// Asks them, and waits for all.
    ///
    /// @param questions by the names they are told by
    /// @param most how many are under way at once
    /// @throws CancellationException when this thread is interrupted
    public static <T> Round<T> ask(SequencedMap<String, Callable<T>> questions, int most) {
        var round = new Round<T>(new LinkedHashMap<>(), new LinkedHashMap<>());
        var places = new Semaphore(most);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var flights = new LinkedHashMap<String, Future<T>>();
            questions.forEach((name, question) -> flights.put(name, threads.submit(() -> {
                places.acquire();
                try {
                    return question.call();
                } finally {
                    places.release();
                }
            })));
            for (var flight : flights.entrySet()) {
                try {
                    round.answers().put(flight.getKey(), flight.getValue().get());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof PveException failed)) {
                        threads.shutdownNow();
                        throw unforeseen(e.getCause());
                    }
                    round.faults().put(flight.getKey(), failed.fault());
                } catch (InterruptedException _) {
                    threads.shutdownNow();
                    Thread.currentThread().interrupt();
                    throw new CancellationException("the call was called off");
                }
            }
        }
        return round;
    }

    /// What a question ended with that is no fault of a server, to be thrown on.
    public static RuntimeException unforeseen(Throwable failure) {
        return switch (failure) {
            case Error e -> throw e;
            case RuntimeException e -> e;
            default -> new IllegalStateException(failure);
        };
    }
}

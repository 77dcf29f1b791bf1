package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

class SharedReadsTest {
    private final HandMoved time = new HandMoved();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);

    /// Answers with how often it was asked.
    private Json.Obj counted(Verb verb, String path, Json.Obj params) {
        return Json.obj("data", asked.incrementAndGet());
    }

    private Json.Obj held(Verb verb, String path, Json.Obj params) {
        arrived.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new CancellationException("the request was called off");
        }
        return counted(verb, path, params);
    }

    @Test
    void equal_reads_at_the_same_time_are_one_request() throws Exception {
        var reads = new SharedReads(this::held, time);
        var readers = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            readers.add(Thread.ofVirtual().start(() -> reads.send(Verb.GET, "/nodes", Json.obj("a", 1))));
        }
        while (readers.stream().anyMatch(reader -> reader.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }

        released.countDown();
        for (var reader : readers) {
            reader.join();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void other_parameters_are_another_request() {
        var reads = new SharedReads(this::counted, time);

        assertThat(reads.data(Verb.GET, "/cluster/resources", Json.obj("type", "vm")))
                .isEqualTo(Json.num(1));
        assertThat(reads.data(Verb.GET, "/cluster/resources", Json.obj("type", "node")))
                .isEqualTo(Json.num(2));
        assertThat(reads.data(Verb.GET, "/cluster/resources", Json.obj("type", "vm")))
                .isEqualTo(Json.num(1));
    }

    @Test
    void resources_are_kept_for_a_second_and_nothing_else_is() {
        var reads = new SharedReads(this::counted, time);
        reads.send(Verb.GET, "/cluster/resources", Json.Obj.EMPTY);
        reads.send(Verb.GET, "/cluster/resources", Json.Obj.EMPTY);
        assertThat(asked).hasValue(1);

        time.pass(Duration.ofMillis(1001));
        reads.send(Verb.GET, "/cluster/resources", Json.Obj.EMPTY);
        assertThat(asked).hasValue(2);

        reads.send(Verb.GET, "/nodes/pve1/status", Json.Obj.EMPTY);
        reads.send(Verb.GET, "/nodes/pve1/status", Json.Obj.EMPTY);
        assertThat(asked).hasValue(4);
    }

    @Test
    void whoever_has_changed_something_reads_it_anew() {
        var reads = new SharedReads(this::counted, time);
        reads.send(Verb.GET, "/cluster/resources", Json.Obj.EMPTY);

        reads.send(Verb.POST, "/nodes/pve1/qemu", Json.Obj.EMPTY);

        assertThat(reads.data(Verb.GET, "/cluster/resources", Json.Obj.EMPTY)).isEqualTo(Json.num(3));
    }

    @Test
    void a_read_under_way_during_a_write_is_not_joined_after_it() throws Exception {
        var reads = new SharedReads(
                (verb, path, params) -> verb == Verb.GET ? held(verb, path, params) : counted(verb, path, params),
                time);
        var early = new CompletableFuture<Json>();
        Thread.ofVirtual().start(() -> early.complete(reads.data(Verb.GET, "/nodes", Json.Obj.EMPTY)));
        arrived.await();

        reads.send(Verb.POST, "/nodes/pve1/qemu", Json.Obj.EMPTY);
        released.countDown();
        var late = reads.data(Verb.GET, "/nodes", Json.Obj.EMPTY);

        assertThat(List.of(early.get(), late)).containsExactlyInAnyOrder(Json.num(2), Json.num(3));
    }

    @Test
    void a_fault_reaches_each_reader_and_is_not_kept() {
        var reads = new SharedReads(
                (_, _, _) -> {
                    asked.incrementAndGet();
                    throw new PveException(new PveFault.NoQuorum("x"));
                },
                time);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> reads.send(Verb.GET, "/cluster/resources", Json.Obj.EMPTY))
                    .isInstanceOfSatisfying(
                            PveException.class, e -> assertThat(e.fault()).isEqualTo(new PveFault.NoQuorum("x")));
        }
        assertThat(asked).hasValue(2);
    }

    @Test
    void when_the_last_reader_has_gone_the_request_is_called_off() throws Exception {
        var calledOff = new CountDownLatch(1);
        var reads = new SharedReads(
                (verb, path, params) -> {
                    try {
                        return held(verb, path, params);
                    } catch (CancellationException e) {
                        calledOff.countDown();
                        throw e;
                    }
                },
                time);
        var reader = Thread.ofVirtual().start(() -> {
            try {
                reads.send(Verb.GET, "/nodes", Json.Obj.EMPTY);
            } catch (CancellationException _) {
                // As asked.
            }
        });
        arrived.await();

        reader.interrupt();

        calledOff.await();
        reader.join();
    }
}

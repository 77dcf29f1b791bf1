package pvemcp.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Target.Kind;
import pvemcp.json.Json;
import pvemcp.tool.Tier;

class TicketsTest {
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource time = () -> now;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final Tickets tickets = new Tickets(clock);

    private static Held held(String principal, String tool, String guest, String state) {
        var states = new LinkedHashMap<String, String>();
        states.put("status", state);
        var target = Target.guest(Kind.VM, 101, "web", "pve1", "", List.of(), states);
        return new Held(principal, tool, "default", Tier.OPERATE, Json.obj("guest", guest), List.of(target));
    }

    private static final Held STOP = held("stdio", "pve_guest_power", "web", "running");

    @Test
    void a_ticket_is_good_once() throws IOException {
        var ticket = tickets.seal(STOP).text();
        assertThat(tickets.redeem(ticket, STOP)).isEqualTo(new Redeemed.Good());
        assertThat(tickets.redeem(ticket, STOP)).isEqualTo(new Redeemed.Used());
    }

    @Test
    void of_thousands_who_bring_it_at_once_one_is_first() throws Exception {
        var ticket = tickets.seal(STOP).text();
        var ends = new ConcurrentHashMap<Redeemed, Integer>();
        var all = new CountDownLatch(1);
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5_000; i++) {
                var _ = callers.submit(() -> {
                    all.await();
                    return ends.merge(tickets.redeem(ticket, STOP), 1, Integer::sum);
                });
            }
            all.countDown();
        }
        assertThat(ends).containsExactlyInAnyOrderEntriesOf(Map.of(new Redeemed.Good(), 1, new Redeemed.Used(), 4_999));
    }

    @Test
    void a_ticket_is_good_for_two_minutes() throws IOException {
        var ticket = tickets.seal(STOP);
        assertThat(ticket.expires()).isEqualTo(clock.instant().plusSeconds(120));
        now = now.plus(Duration.ofSeconds(121));
        assertThat(tickets.redeem(ticket.text(), STOP)).isEqualTo(new Redeemed.Expired());
    }

    @Test
    void a_ticket_is_good_for_nothing_else() throws IOException {
        var ticket = tickets.seal(STOP).text();
        for (var other : List.of(
                held("somebody", "pve_guest_power", "web", "running"),
                held("stdio", "pve_guest_delete", "web", "running"),
                held("stdio", "pve_guest_power", "db", "running"))) {
            assertThat(tickets.redeem(ticket, other)).isEqualTo(new Redeemed.Other());
        }
        assertThat(tickets.redeem(ticket, STOP)).isEqualTo(new Redeemed.Good());
    }

    @Test
    void a_changed_or_foreign_ticket_is_not_ours() throws IOException {
        var ticket = tickets.seal(STOP).text();
        for (int i = 0; i < ticket.length(); i++) {
            var changed = ticket.substring(0, i) + (ticket.charAt(i) == 'a' ? 'b' : 'a') + ticket.substring(i + 1);
            assertThat(tickets.redeem(changed, STOP)).as(changed).isEqualTo(new Redeemed.Other());
        }
        assertThat(new Tickets(clock).redeem(ticket, STOP)).isEqualTo(new Redeemed.Other());
        assertThat(tickets.redeem("", STOP)).isEqualTo(new Redeemed.Other());
        assertThat(tickets.redeem("yes", STOP)).isEqualTo(new Redeemed.Other());
    }

    @Test
    void what_has_changed_since_is_told() throws IOException {
        var ticket = tickets.seal(STOP).text();
        assertThat(tickets.redeem(ticket, held("stdio", "pve_guest_power", "web", "stopped")))
                .isEqualTo(new Redeemed.Changed(
                        List.of("status of VM 101 'web' on pve1 is 'stopped' by now, no longer 'running'")));
        assertThat(tickets.redeem(ticket, STOP)).isEqualTo(new Redeemed.Used());
    }

    @Test
    void a_declined_ticket_is_good_for_nothing() throws IOException {
        var ticket = tickets.seal(STOP).text();
        tickets.decline(ticket);
        assertThat(tickets.redeem(ticket, STOP)).isEqualTo(new Redeemed.Declined());
    }
}

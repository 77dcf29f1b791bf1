package pvemcp.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.oauth.AccessTokens.Finding;

/// Keys that change, and an issuer that is not always there.
class KeyRingTest {
    private static final String AUDIENCE = "https://mcp.example/mcp";

    private final SigningHouse house = new SigningHouse();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final AccessTokens tokens = new AccessTokens(
            house.issuer().toString(),
            List.of(AUDIENCE),
            new KeyRing(new Issuer(house.issuer(), Optional.empty(), Optional.empty()), now::get),
            now::get);

    @AfterEach
    void close() {
        house.close();
    }

    private Finding shown() {
        return tokens.check(house.signed(house.claims(AUDIENCE, now.get())));
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    @Test
    void keys_are_fetched_once_for_many_tokens() {
        for (int i = 0; i < 20; i++) {
            assertThat(shown()).isInstanceOf(Finding.Good.class);
        }
        assertThat(house.fetches()).isEqualTo(1);
    }

    @Test
    void an_issuer_that_is_not_there_is_told_in_words() {
        var nowhere = new Issuer(URI.create("https://127.0.0.1:1/realm"), Optional.empty(), Optional.empty());
        var nobodys = new AccessTokens(
                house.issuer().toString(), List.of(AUDIENCE), new KeyRing(nowhere, now::get), now::get);

        assertThat(nobodys.check(house.signed(house.claims(AUDIENCE, now.get()))))
                .isInstanceOfSatisfying(
                        Finding.Unsure.class,
                        unsure -> assertThat(unsure.why())
                                .contains("https://127.0.0.1:1/", "nobody listens there")
                                .doesNotContain("Exception"));
    }

    @Test
    void a_new_key_counts_at_once_and_a_withdrawn_one_after_ten_minutes_at_most() {
        assertThat(shown()).isInstanceOf(Finding.Good.class);
        var old = house.signed(house.claims(AUDIENCE, now.get().plus(Duration.ofMinutes(7))));
        pass(KeyRing.FRESH.minusSeconds(1));
        assertThat(tokens.check(old)).isInstanceOf(Finding.Good.class);

        house.rotate(SigningHouse.newKey("second"));

        assertThat(shown()).isInstanceOf(Finding.Good.class);
        assertThat(tokens.check(old)).isEqualTo(new Finding.Bad("The signature of this token is not the issuer's"));
    }

    @Test
    void a_key_that_is_replaced_under_its_name_counts_no_longer_than_ten_minutes() {
        assertThat(shown()).isInstanceOf(Finding.Good.class);
        house.rotate(SigningHouse.newKey("first"));
        assertThat(shown()).isInstanceOf(Finding.Bad.class);

        pass(KeyRing.FRESH);

        assertThat(shown()).isInstanceOf(Finding.Good.class);
    }

    @Test
    void made_up_names_of_keys_cost_the_issuer_one_request_in_ten_seconds() {
        shown();
        pass(KeyRing.PAUSE);
        for (int i = 0; i < 50; i++) {
            var name = "made-up-" + i;
            var forged = house.signed(house.claims(AUDIENCE, now.get()), header -> header.keyID(name));
            assertThat(tokens.check(forged)).isInstanceOf(Finding.Bad.class);
        }
        assertThat(house.fetches()).isEqualTo(2);
    }

    @Test
    void without_the_issuer_its_last_keys_count_for_an_hour() {
        assertThat(shown()).isInstanceOf(Finding.Good.class);
        house.down(true);

        pass(KeyRing.STALE.minusSeconds(1));
        assertThat(shown()).isInstanceOf(Finding.Good.class);

        pass(KeyRing.PAUSE);
        assertThat(shown())
                .isInstanceOfSatisfying(
                        Finding.Unsure.class, unsure -> assertThat(unsure.why()).contains("it answers 503"));

        house.down(false);
        pass(KeyRing.PAUSE);
        assertThat(shown()).isInstanceOf(Finding.Good.class);
    }

    @Test
    void what_is_no_set_of_keys_or_too_much_of_one_is_none() {
        for (var text : List.of("<html>", "{\"keys\":7}", "{\"keys\":[],\"pad\":\"" + "x".repeat(300_000) + "\"}")) {
            house.publish(text);
            assertThat(shown()).as(text.substring(0, 5)).isInstanceOf(Finding.Unsure.class);
            pass(KeyRing.PAUSE);
        }
    }

    @Test
    void another_issuers_metadata_is_not_believed() {
        var elsewhere = new Issuer(house.issuer().resolve("/home/"), Optional.empty(), Optional.empty());
        var ring = new KeyRing(elsewhere, now::get);
        var strict = new AccessTokens(house.issuer() + "/", List.of(AUDIENCE), ring, now::get);
        assertThat(strict.check(house.signed(house.claims(AUDIENCE, now.get()))))
                .isInstanceOfSatisfying(
                        Finding.Unsure.class, unsure -> assertThat(unsure.why()).contains("another issuer"));
    }
}

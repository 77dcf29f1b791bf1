package pvemcp.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.gate.Policy.Answer;
import pvemcp.gate.Policy.Protection;
import pvemcp.gate.Target.Kind;
import pvemcp.tool.Tier;

class GateTest {
    private static final Target WEB =
            Target.guest(Kind.VM, 101, "web", "pve1", "shop/front", List.of("web", "Prod"), new LinkedHashMap<>());
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static String verdict(Policy policy, Tier tier, Target... targets) {
        return verdict(new Gate(policy), tier, targets);
    }

    private static String verdict(Gate gate, Tier tier, Target... targets) {
        return switch (gate.judge(new Gate.Question("pve_guest_power", "default", tier, List.of(targets), NOON))) {
            case Verdict.Allow _ -> "allow";
            case Verdict.Hold _ -> "hold";
            case Verdict.Deny deny -> "deny " + deny.rule();
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policy   | tier    | verdict
            default  | read    | allow
            default  | operate | hold
            default  | change  | hold
            default  | execute | hold
            default  | destroy | deny policy.destroy
            readonly | read    | allow
            readonly | operate | deny policy.operate
            readonly | change  | deny policy.change
            readonly | execute | deny policy.execute
            readonly | destroy | deny policy.destroy
            open     | operate | allow
            open     | destroy | hold
            open     | execute | deny policy.execute
            """, useHeadersInDisplayName = true)
    void the_tier_decides(String policy, String tier, String verdict) {
        var chosen = switch (policy) {
            case "readonly" -> Policy.DEFAULT.readOnly();
            case "open" ->
                Policy.DEFAULT
                        .with(Tier.OPERATE, Answer.ALLOW)
                        .with(Tier.DESTROY, Answer.ASK)
                        .with(Tier.EXECUTE, Answer.DENY);
            default -> Policy.DEFAULT;
        };
        assertThat(verdict(chosen, Tier.valueOf(tier.toUpperCase(Locale.ROOT)), WEB))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            protected        | verdict
            tag prod         | deny policy.protect.tags
            tag staging      | allow
            pool shop        | deny policy.protect.pools
            pool shop/front  | deny policy.protect.pools
            pool sho         | allow
            vmid 101         | deny policy.protect.guests
            vmid 100-199     | deny policy.protect.guests
            vmid 102-199     | allow
            node pve1        | deny policy.protect.nodes
            node pve2        | allow
            vmid default:101    | deny policy.protect.guests
            vmid work:101    | allow
            pool default:shop   | deny policy.protect.pools
            tag work:prod    | allow
            node default:pve1   | deny policy.protect.nodes
            """, useHeadersInDisplayName = true)
    void what_is_protected_is_only_read(String what, String verdict) {
        var policy = Policy.DEFAULT.with(Tier.OPERATE, Answer.ALLOW).with(protection(what));
        assertThat(verdict(policy, Tier.OPERATE, WEB)).isEqualTo(verdict);
        assertThat(verdict(policy, Tier.READ, WEB)).isEqualTo("allow");
    }

    @Test
    void one_protected_target_among_several_is_enough() {
        var policy = Policy.DEFAULT.with(Tier.OPERATE, Answer.ALLOW).with(protection("tag prod"));
        assertThat(verdict(policy, Tier.OPERATE, Target.of(Kind.NODE, "pve2"), WEB))
                .isEqualTo("deny policy.protect.tags");
    }

    @Test
    void what_cannot_be_seen_counts_as_protected_where_anything_is() {
        var unseen = Target.absent(300, false);
        var cluster = Target.of(Kind.CLUSTER, "cluster");
        var open = Policy.DEFAULT.with(Tier.CHANGE, Answer.ALLOW);
        assertThat(verdict(open, Tier.CHANGE, unseen)).isEqualTo("allow");
        assertThat(verdict(open.with(protection("tag prod")), Tier.CHANGE, unseen))
                .isEqualTo("deny policy.protect");
        assertThat(verdict(open.with(protection("tag prod")), Tier.CHANGE, cluster))
                .isEqualTo("deny policy.protect");
    }

    private static Protection protection(String what) {
        var value = List.of(what.substring(what.indexOf(' ') + 1));
        var none = List.<String>of();
        return switch (what.substring(0, what.indexOf(' '))) {
            case "tag" -> new Protection(value, none, none, none);
            case "pool" -> new Protection(none, value, none, none);
            case "vmid" -> new Protection(none, none, value, none);
            default -> new Protection(none, none, none, value);
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            most    | within         | tier    | verdict
            read    |                | read    | allow
            read    |                | operate | deny token.tier
            operate |                | operate | hold
            operate |                | change  | deny token.tier
            execute |                | destroy | deny policy.destroy
            change  | pool=shop      | change  | hold
            change  | pool=shop      | read    | allow
            change  | tag=PROD       | change  | hold
            change  | guest=100-110  | change  | hold
            change  | node=pve1      | change  | hold
            change  | pool=front     | change  | deny token.within
            change  | guest=102      | change  | deny token.within
            change  | guest=default:101 | change  | hold
            change  | guest=work:101 | change  | deny token.within
            change  | pool=work:shop | change  | deny token.within
            """, useHeadersInDisplayName = true)
    void a_token_reaches_less_far_than_the_policy(String most, String within, String tier, String verdict) {
        var reach = new Reach("anna", Tier.valueOf(most.toUpperCase(Locale.ROOT)), selection(within));
        assertThat(verdict(new Gate(Policy.DEFAULT, reach), Tier.valueOf(tier.toUpperCase(Locale.ROOT)), WEB))
                .isEqualTo(verdict);
    }

    @Test
    void what_cannot_be_told_to_be_within_reach_is_not() {
        var gate = new Gate(Policy.DEFAULT, new Reach("anna", Tier.CHANGE, selection("pool=shop")));
        var hidden = Target.absent(101, false);
        var elsewhere = Target.guest(Kind.VM, 102, "db", "pve1", "", List.of(), new LinkedHashMap<>());

        assertThat(verdict(gate, Tier.CHANGE, Target.of(Kind.CLUSTER, "cluster")))
                .isEqualTo("deny token.within");
        assertThat(verdict(gate, Tier.CHANGE, hidden)).isEqualTo("deny token.within");
        assertThat(verdict(gate, Tier.CHANGE, WEB, elsewhere)).isEqualTo("deny token.within");
    }

    @Test
    void what_is_protected_stays_so_within_reach() {
        var protect = new Protection(List.of("prod"), List.of(), List.of(), List.of());
        var gate = new Gate(Policy.DEFAULT.with(protect), new Reach("anna", Tier.CHANGE, selection("pool=shop")));
        assertThat(verdict(gate, Tier.CHANGE, WEB)).isEqualTo("deny policy.protect.tags");
    }

    private static Protection selection(String text) {
        if (text == null) {
            return Protection.NONE;
        }
        var value = List.of(text.substring(text.indexOf('=') + 1));
        List<String> none = List.of();
        return switch (text.substring(0, text.indexOf('='))) {
            case "pool" -> new Protection(none, value, none, none);
            case "tag" -> new Protection(value, none, none, none);
            case "guest" -> new Protection(none, none, value, none);
            default -> new Protection(none, none, none, value);
        };
    }
}

package pvemcp.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy.Answer;
import pvemcp.gate.Policy.Protection;
import pvemcp.lab.Sample;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Tier;

/// What callers of every kind may do of every operation there is: never more than the policy lets everybody.
class ReachTableTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");

    /// Within nothing less than all, a tag, a pool, an id and a node.
    private static final List<Protection> SELECTIONS = List.of(
            Protection.NONE,
            new Protection(List.of("mine"), List.of(), List.of(), List.of()),
            new Protection(List.of(), List.of("shop"), List.of(), List.of()),
            new Protection(List.of(), List.of(), List.of("102"), List.of()),
            new Protection(List.of(), List.of(), List.of(), List.of("pve9")));

    private static List<Reach> principals() {
        var principals = new ArrayList<Reach>();
        for (var most : List.of(Tier.READ, Tier.OPERATE, Tier.CHANGE, Tier.EXECUTE)) {
            for (var within : SELECTIONS) {
                principals.add(new Reach("caller " + principals.size(), most, within));
            }
        }
        return principals;
    }

    @Test
    void nobody_may_do_more_than_the_policy_lets_everybody() {
        var policy = Policy.DEFAULT
                .with(Tier.OPERATE, Answer.ALLOW)
                .with(Tier.CHANGE, Answer.ASK)
                .with(Tier.DESTROY, Answer.DENY)
                .with(Tier.EXECUTE, Answer.ALLOW)
                .with(new Protection(List.of("prod"), List.of(), List.of(), List.of()));
        var owner = new Gate(policy);
        var wrong = new TreeSet<String>();
        int decisions = 0;
        int allowed = 0;
        for (var operation : SCHEMA.operations()) {
            var question = question(Sample.of(SCHEMA, operation));
            var whole = owner.judge(question);
            for (var principal : principals()) {
                var verdict = new Gate(policy, principal).judge(question);
                decisions++;
                allowed += verdict instanceof Verdict.Deny ? 0 : 1;
                if (!isRight(question, whole, verdict, principal)) {
                    wrong.add("%s by %s: %s, not %s".formatted(operation, principal, verdict, whole));
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(decisions).isEqualTo(13_220);
        assertThat(allowed).isBetween(5_000, 9_000);
    }

    private static boolean isRight(Gate.Question question, Verdict whole, Verdict verdict, Reach principal) {
        boolean reads = question.tier() == Tier.READ;
        boolean outside = !reads
                && !principal.within().isEmpty()
                && question.targets().stream().anyMatch(target -> !target.aside() && !isIn(principal, target));
        if (question.tier().compareTo(principal.most()) > 0 || outside) {
            return verdict instanceof Verdict.Deny;
        }
        return verdict.equals(whole);
    }

    private static boolean isIn(Reach principal, Target target) {
        return target.tags().stream().anyMatch(principal.within().tags()::contains)
                || principal.within().pools().contains(target.kind() == Target.Kind.POOL ? target.id() : target.pool())
                || (target.isGuest() && principal.within().vmids().contains(target.id()))
                || principal.within().nodes().contains(target.node());
    }

    /// What the operation touches in a cluster where 101 is in the pool `shop` and 102 has the tag `mine`.
    private static Gate.Question question(Sample sample) {
        var variables = SCHEMA.match(sample.operation().verb(), sample.path())
                .orElseThrow()
                .variables();
        var touched = SCHEMA.touched(sample.operation(), variables, sample.params());
        var targets = new ArrayList<Target>();
        touched.guests().forEach(vmid -> targets.add(guest(vmid)));
        boolean ofGuests = !targets.isEmpty();
        touched.nodes().forEach(node -> {
            var target = Target.of(Target.Kind.NODE, node);
            targets.add(ofGuests ? target.beside() : target);
        });
        touched.storages().forEach(storage -> targets.add(Target.of(Target.Kind.STORAGE, storage)));
        touched.pools().forEach(pool -> targets.add(Target.of(Target.Kind.POOL, pool)));
        if (targets.isEmpty()) {
            targets.add(Target.of(Target.Kind.CLUSTER, "cluster"));
        }
        var tier =
                Tier.valueOf(SCHEMA.danger(sample.operation(), sample.params()).name());
        return new Gate.Question("pve_api_write", "default", tier, targets, NOON);
    }

    private static Target guest(int vmid) {
        return Target.guest(
                Target.Kind.VM,
                vmid,
                "guest",
                "pve1",
                vmid == 101 ? "shop" : "",
                vmid == 102 ? List.of("mine") : List.of(),
                new LinkedHashMap<>());
    }
}

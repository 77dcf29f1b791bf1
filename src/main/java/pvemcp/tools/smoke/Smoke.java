package pvemcp.tools.smoke;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import pvemcp.tool.ToolContext;
import pvemcp.tools.smoke.SmokeTools.Suite;

/// One run of the smoke tests. For one thread.
final class Smoke {
    private final SmokeTools.Run asked;
    private final ToolContext ctx;
    private final SmokeChecks checks;
    private final String run =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

    Smoke(SmokeTools.Run asked, ToolContext ctx) {
        this.asked = asked;
        this.ctx = ctx;
        this.checks = new SmokeChecks(ctx);
    }

    /// @param verdict `passed` or `failed`, with the counts
    /// @param run stands in the notes of all that was made
    /// @param next what to do now; empty where nothing is left to do
    record Result(String verdict, String run, int failed, List<SmokeChecks.Check> checks, String next) {}

    Result run() {
        var suites = asked.chosen();
        var reads = new SmokeReads(asked, ctx, checks);
        if (suites.contains(Suite.READ_ONLY)) {
            reads.reads();
        }
        if (suites.contains(Suite.SERVICE)) {
            reads.services();
        }
        var guests = new SmokeGuests(asked, ctx, checks, run);
        if (suites.contains(Suite.LIFECYCLE) || suites.contains(Suite.ROLLBACK) || suites.contains(Suite.BACKUP)) {
            guests.container();
        }
        if (suites.contains(Suite.CLONE)) {
            guests.cloned();
        }
        return result();
    }

    private Result result() {
        int failed = checks.count("failed");
        var verdict = "%s: %d ok, %d failed, %d skipped"
                .formatted(failed == 0 ? "passed" : "failed", checks.count("ok"), failed, checks.count("skipped"));
        boolean left = asked.writes()
                && SmokeRecord.of(ctx).left().stream()
                        .anyMatch(made -> made.run().equals(run));
        return new Result(verdict, run, failed, checks.all(), left ? "pve_smoke_cleanup" : "");
    }
}

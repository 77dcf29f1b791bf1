package pvemcp.tools.smoke;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Reasons;
import pvemcp.tools.smoke.SmokeTools.Suite;
import pvemcp.view.Clean;

/// The checks of one run, as they are made: each is done, fails or is left out, and says why in a line. For one
/// thread.
final class SmokeChecks {
    private final ToolContext ctx;
    private final List<Check> checks = new ArrayList<>();

    SmokeChecks(ToolContext ctx) {
        this.ctx = ctx;
    }

    /// @param result `ok`, `failed` or `skipped`
    record Check(String suite, String check, String result, String detail, Duration took) {}

    /// A check that does not apply here, and why.
    static final class Skipped extends RuntimeException {
        Skipped(String why) {
            super(why, null, false, false);
        }
    }

    /// Makes one.
    ///
    /// @return whether what comes after may rely on it
    boolean make(Suite suite, String name, Supplier<String> work) {
        ctx.checkCancelled();
        var word = Word.of(suite);
        ctx.progress(-1, word + ": " + name);
        var began = ctx.clock().instant();
        String result = "ok";
        String detail;
        try {
            detail = work.get();
        } catch (Skipped e) {
            result = "skipped";
            detail = e.getMessage();
        } catch (PveException e) {
            result = "failed";
            detail = Reasons.of(e.fault());
        } catch (BadArguments e) {
            result = "failed";
            detail = Clean.line(e.getMessage());
        }
        checks.add(new Check(
                word, name, result, detail, Duration.between(began, ctx.clock().instant())));
        return result.equals("ok");
    }

    List<Check> all() {
        return List.copyOf(checks);
    }

    int count(String result) {
        return (int)
                checks.stream().filter(check -> check.result().equals(result)).count();
    }

    /// What a token with few rights may not see is no failure of the cluster.
    static <T> T visible(Supplier<T> question) {
        try {
            return question.get();
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Forbidden) {
                throw new Skipped("this token may not see it: " + Reasons.of(e.fault()));
            }
            throw e;
        }
    }

    static PveException wrong(String what) {
        return new PveException(new PveFault.Unexpected(200, what));
    }
}

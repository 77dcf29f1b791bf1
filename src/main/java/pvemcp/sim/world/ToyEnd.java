package pvemcp.sim.world;

import java.time.Duration;
import pvemcp.sim.state.Form;

/// How a program in a toy host ended.
///
/// @param signal that ended it; 0: none did
/// @param takes how long it runs
/// @param early how many bytes of its output are there before it first sleeps; all of them where it does not
public record ToyEnd(int exit, int signal, byte[] out, byte[] err, Duration takes, int early) {
    static final ToyEnd NOTHING = new ToyEnd(0, 0, new byte[0], new byte[0], Duration.ZERO, 0);

    static final Form<ToyEnd> FORM = Form.value(
            NOTHING,
            (fields, end) -> new ToyEnd(
                    fields.number("exit", end.exit),
                    fields.number("signal", end.signal),
                    fields.value("out", end.out, Form.BYTES),
                    fields.value("err", end.err, Form.BYTES),
                    fields.span("takes", end.takes),
                    fields.number("early", end.early)));
}

package pvemcp.sim.world;

import java.time.Instant;
import pvemcp.sim.state.Form;

/// The certificate the simulator answers with, which is that of all its nodes.
///
/// @param fingerprint SHA-256, `AA:BB:…`
public record NodeCertificate(String pem, String fingerprint, String subject, Instant from, Instant until) {
    static final Form<NodeCertificate> FORM = Form.value(
            new NodeCertificate("", "", "", Instant.EPOCH, Instant.EPOCH),
            (fields, made) -> new NodeCertificate(
                    fields.text("pem", made.pem),
                    fields.text("fingerprint", made.fingerprint),
                    fields.text("subject", made.subject),
                    fields.moment("from", made.from),
                    fields.moment("until", made.until)));
}

package pvemcp.sim.world;

import java.time.Instant;

/// The certificate the simulator answers with, which is that of all its nodes.
///
/// @param fingerprint SHA-256, `AA:BB:…`
public record NodeCertificate(String pem, String fingerprint, String subject, Instant from, Instant until) {}

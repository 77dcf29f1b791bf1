package pvemcp.sim.api;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Node;
import pvemcp.sim.world.NodeCertificate;

/// `/nodes/{node}/certificates`: the one that PVE made, and the one that was brought or ordered instead
/// (PVE::API2::Certificates, ACME).
final class CertificatesApi {
    private static final String HERE = "/nodes/{node}/certificates";
    private static final Duration ASKING = Duration.ofSeconds(8);
    // What Let's Encrypt gives.
    private static final Duration VALID = Duration.ofDays(90);
    private static final Duration LATE = Duration.ofDays(30);

    private CertificatesApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, HERE + "/info", CertificatesApi::info)
                .on(Verb.POST, HERE + "/custom", CertificatesApi::upload)
                .on(Verb.DELETE, HERE + "/custom", request -> {
                    request.node().customCertificate = Optional.empty();
                    return Json.Null.NULL;
                })
                .on(Verb.POST, HERE + "/acme/certificate", CertificatesApi::order)
                .on(Verb.PUT, HERE + "/acme/certificate", CertificatesApi::renew)
                .on(Verb.DELETE, HERE + "/acme/certificate", CertificatesApi::revoke);
    }

    private static Json info(Request request) {
        var node = request.node();
        var own = request.cluster().certificate;
        var rows = new ArrayList<Json>();
        rows.add(row(
                "pve-root-ca.pem",
                new NodeCertificate(own.pem(), own.fingerprint(), own.subject(), own.from(), own.until())));
        var until = node.certificateUntil.orElse(own.until());
        rows.add(row(
                "pve-ssl.pem", new NodeCertificate(own.pem(), own.fingerprint(), own.subject(), own.from(), until)));
        node.customCertificate.ifPresent(custom -> rows.add(row("pveproxy-ssl.pem", custom)));
        return new Json.Arr(rows);
    }

    private static Json row(String file, NodeCertificate certificate) {
        return Json.obj(
                "filename", file,
                "fingerprint", certificate.fingerprint(),
                "subject", certificate.subject(),
                "issuer", certificate.subject(),
                "notbefore", certificate.from().getEpochSecond(),
                "notafter", certificate.until().getEpochSecond(),
                "public-key-type", "id-ecPublicKey",
                "public-key-bits", 256,
                "san", List.of("localhost", "127.0.0.1", "0000:0000:0000:0000:0000:0000:0000:0001"),
                "pem", certificate.pem());
    }

    private static void requireForce(Request request, Node node) {
        if (node.customCertificate.isPresent() && !request.flag("force")) {
            throw SimError.invalid("force", "Custom certificate exists but 'force' is not set.");
        }
    }

    private static Json upload(Request request) {
        var node = request.node();
        requireForce(request, node);
        if (!request.has("key") && node.customCertificate.isEmpty()) {
            throw SimError.invalid("key", "Attempted to upload custom certificate without (existing) key.");
        }
        var certificate = parsed(request.text("certificates"));
        node.customCertificate = Optional.of(certificate);
        return row("pveproxy-ssl.pem", certificate);
    }

    private static NodeCertificate parsed(String pem) {
        try {
            var first = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
            var digest = MessageDigest.getInstance("SHA-256").digest(first.getEncoded());
            return new NodeCertificate(
                    pem,
                    HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest),
                    "/" + first.getSubjectX500Principal().getName().replace(",", "/"),
                    first.getNotBefore().toInstant(),
                    first.getNotAfter().toInstant());
        } catch (GeneralSecurityException e) {
            throw new SimError("unable to parse certificate");
        }
    }

    /// The domains of the node's `acme` and `acmedomain0` to `acmedomain5` (PVE::NodeConfig::get_acme_conf).
    private static List<String> domains(Node node) {
        var domains = new ArrayList<String>();
        node.host.options.forEach((name, value) -> {
            if (name.startsWith("acmedomain")) {
                domains.add(value.split(",", 2)[0].replaceFirst("^domain=", ""));
            } else if (name.equals("acme") && value.contains("domains=")) {
                domains.addAll(List.of(value.replaceFirst(".*domains=", "")
                        .replaceFirst(",.*", "")
                        .split(";")));
            }
        });
        return domains;
    }

    private static Json order(Request request) {
        var node = request.node();
        requireForce(request, node);
        return task(request, "acmenewcert");
    }

    private static Json renew(Request request) {
        var node = request.node();
        var custom = node.customCertificate.orElseThrow(
                () -> new SimError("No current (custom) certificate found, please order a new certificate!"));
        boolean late = custom.until().minus(LATE).isBefore(request.cluster().now());
        if (!late && !request.flag("force")) {
            throw SimError.invalid(
                    "force", "Certificate does not expire within the next 30 days, and 'force' is not set.");
        }
        return task(request, "acmerenew");
    }

    private static Json task(Request request, String type) {
        var node = request.node();
        var domains = domains(node);
        if (domains.isEmpty()) {
            throw new SimError("ACME domain list in node configuration is missing!");
        }
        var cluster = request.cluster();
        var account = node.host
                .options
                .getOrDefault("acme", "")
                .replaceFirst(".*account=", "")
                .replaceFirst(",.*", "");
        return request.start(
                type,
                "",
                List.of(
                        Step.say(Duration.ofSeconds(1), "Loading ACME account details", "Placing ACME order"),
                        Step.act(ASKING, work -> {
                            if (!cluster.acme.accounts.containsKey(account.isEmpty() ? "default" : account)) {
                                throw new SimError("ACME account config file '%s' does not exist."
                                        .formatted(account.isEmpty() ? "default" : account));
                            }
                            domains.forEach(domain -> work.say("Status is 'valid', domain '%s' OK!".formatted(domain)));
                            var now = cluster.now();
                            node.customCertificate = Optional.of(new NodeCertificate(
                                    "",
                                    fingerprint(node.name() + now),
                                    "/CN=" + domains.getFirst(),
                                    now,
                                    now.plus(VALID)));
                            work.say("Setting pveproxy certificate and key");
                            work.say("Restarting pveproxy");
                        })));
    }

    private static String fingerprint(String seed) {
        var hex = (Digests.of(seed) + Digests.of(seed + "x")).substring(0, 64).toUpperCase(Locale.ROOT);
        return hex.replaceAll("(..)(?=.)", "$1:");
    }

    private static Json revoke(Request request) {
        var node = request.node();
        if (node.customCertificate.isEmpty()) {
            throw new SimError("unable to read '/etc/pve/nodes/%s/pveproxy-ssl.pem' - No such file or directory"
                    .formatted(node.name()));
        }
        return request.start("acmerevoke", "", List.of(Step.act(ASKING, work -> {
            work.say("Revoking old certificate");
            node.customCertificate = Optional.empty();
        })));
    }
}

package pvemcp.tools.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Nodes get certificates that browsers trust.
class CertificateStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static ToolResult acme(Lab lab, String what, String action, String name, Object... namesAndValues) {
        return lab.call(
                "pve_acme_set", "what", what, "action", action, "name", name, "options", Json.obj(namesAndValues));
    }

    private static ToolResult certificate(Lab lab, String action) {
        return lab.call("pve_certificate_set", "node", "pve1", "action", action);
    }

    private static ToolResult terms(Lab lab, String authority) {
        return lab.call("pve_acme_get", "what", "terms", "name", authority);
    }

    @Test
    void from_an_account_to_a_certificate_that_is_renewed_and_revoked() {
        try (var lab = Lab.of(Scenes.small()).asRoot()) {
            that(lab.call("pve_acme_get")).shows("none");
            that(acme(
                            lab,
                            "account",
                            "create",
                            "default",
                            "contact",
                            "ops@example.org",
                            "tos_url",
                            "https://letsencrypt.org/terms"))
                    .shows("outcome: done", ":acmeregister:");
            that(lab.call("pve_acme_get")).shows("default");
            that(lab.call("pve_acme_get", "name", "default")).shows("mailto:ops@example.org");

            that(certificate(lab, "order")).saying("ACME domain list in node configuration is missing!");
            that(lab.call(
                            "pve_node_set",
                            "node",
                            "pve1",
                            "what",
                            "options",
                            "values",
                            Json.obj("acmedomain0", "domain=pve1.example.org,plugin=cf")))
                    .isDone();
            that(certificate(lab, "order")).shows("outcome: done", ":acmenewcert:");
            that(lab.call("pve_node_system", "node", "pve1", "what", "certificates"))
                    .shows("pveproxy-ssl.pem", "/CN=pve1.example.org", "2027-02-19");

            that(certificate(lab, "renew")).failsWith("bad_arguments").saying("'force' is not set");
            lab.advance(Duration.ofDays(65));
            that(certificate(lab, "renew")).shows(":acmerenew:");
            that(certificate(lab, "revoke")).shows(":acmerevoke:");
            that(lab.call("pve_node_system", "node", "pve1", "what", "certificates"))
                    .showsNot("pveproxy-ssl.pem");
            that(acme(lab, "account", "change", "default", "contact", "new@example.org"))
                    .isDone();
            that(acme(lab, "account", "delete", "default")).isDone();
            that(lab.call("pve_acme_get")).shows("none");
        }
    }

    @Test
    void who_has_not_agreed_to_the_terms_gets_no_account() {
        try (var lab = Lab.of(Scenes.small()).asRoot()) {
            that(terms(lab, "Let's Encrypt V2")).shows("termsOfService: https://letsencrypt.org");
            that(acme(lab, "account", "create", "default", "contact", "ops@example.org"))
                    .failsWith("task_failed")
                    .saying("must agree to terms of service");
        }
    }

    @Test
    void an_account_is_for_root_alone() {
        try (var lab = Lab.of(Scenes.small())) {
            that(acme(lab, "account", "create", "default", "contact", "ops@example.org"))
                    .failsWith("forbidden")
                    .saying("root@pam");
        }
    }

    @Test
    void no_authority_is_asked_but_those_pve_knows() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_acme_get", "what", "authorities"))
                    .shows("https://acme-staging-v02.api.letsencrypt.org/directory");
            that(terms(lab, "http://169.254.169.254/latest"))
                    .failsWith("bad_arguments")
                    .saying("is no authority known here");
        }
    }

    @Test
    void credentials_of_a_plugin_come_from_a_file_and_are_never_shown() {
        try (var lab = Lab.of(Scenes.small()).knowingSecret("cloudflare", "CF_Token=t0psecret\nCF_Zone_ID=77\n")) {
            that(lab.call("pve_acme_get", "what", "providers")).shows("cf, desec");
            that(lab.call("pve_acme_get", "what", "providers", "name", "cf")).shows("CF_Token");
            var create = Json.obj("what", "plugin", "action", "create", "name", "cf", "options", Json.obj("api", "cf"));
            that(lab.call("pve_acme_set", create.with("credentials", "CF_Token=t0psecret")))
                    .failsWith("bad_arguments");
            that(acme(lab, "plugin", "create", "cf", "api", "cf", "data", "secret:cloudflare"))
                    .failsWith("bad_arguments")
                    .saying("name their file in 'credentials'");
            var named = create.with("credentials", "secret:cloudflare");
            that(lab.call("pve_acme_set", named.with("dry_run", Json.of(true))))
                    .shows("POST /cluster/acme/plugins", "•••")
                    .showsNot("Q0Zf", "t0psecret");
            that(lab.call("pve_acme_set", named)).isDone();
            that(lab.call("pve_acme_get", "what", "plugins"))
                    .shows("cf|dns|cf|CF_Token=•••, CF_Zone_ID=•••", "standalone")
                    .showsNot("t0psecret");
            assertThat(lab.<String>ask(cluster ->
                            cluster.acme.plugins.get("cf").text("data").orElse("")))
                    .isEqualTo("Q0ZfVG9rZW49dDBwc2VjcmV0CkNGX1pvbmVfSUQ9NzcK");
            assertThat(lab.audit().toString()).doesNotContain("Q0Zf", "t0psecret");
            that(acme(lab, "plugin", "change", "cf", "validation-delay", 60)).isDone();
            that(lab.call("pve_acme_get", "what", "plugins", "name", "cf")).shows("60 s");
            that(acme(lab, "plugin", "delete", "cf")).isDone();
        }
    }

    @Test
    void a_certificate_is_uploaded_from_files_and_taken_away_again() {
        try (var lab = Lab.of(Scenes.small())) {
            var pem = lab.<String>ask(cluster -> cluster.certificate.pem());
            lab.knowingSecret("chain.pem", pem).knowingSecret("key.pem", """
                    -----BEGIN PRIVATE KEY-----
                    MC4CAQAwBQYDK2VwBCIEIB+++++++++++++++++++++++++++++++++++++++++
                    -----END PRIVATE KEY-----
                    """);
            var upload = Json.obj("node", "pve1", "action", "upload", "certificate", "secret:chain.pem");
            that(lab.call("pve_certificate_set", upload))
                    .failsWith("bad_arguments")
                    .saying("Attempted to upload custom certificate without (existing) key.");
            var both = upload.with("key", "secret:key.pem");
            that(lab.call("pve_certificate_set", both.with("dry_run", Json.of(true))))
                    .shows("POST /nodes/pve1/certificates/custom", "pinned")
                    .showsNot("PRIVATE KEY");
            that(lab.call("pve_certificate_set", both))
                    .shows("uploaded: ", "fingerprint", "service=pveproxy action=restart")
                    .showsNot("BEGIN");
            assertThat(lab.audit().toString()).doesNotContain("PRIVATE KEY");
            that(lab.call("pve_certificate_set", both)).saying("'force' is not set");
            that(lab.call("pve_certificate_set", both.with("options", Json.obj("force", 1))))
                    .shows("uploaded");
            that(certificate(lab, "delete")).isDone();
            that(lab.call("pve_node_system", "node", "pve1", "what", "certificates"))
                    .showsNot("pveproxy-ssl.pem");
        }
    }

    @Test
    void a_key_in_the_call_itself_is_refused() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call(
                            "pve_certificate_set",
                            "node",
                            "pve1",
                            "action",
                            "upload",
                            "certificate",
                            "-----BEGIN CERTIFICATE-----"))
                    .failsWith("bad_arguments")
                    .saying("name files below secrets.directory");
        }
    }

    @Test
    void ordering_is_milder_than_uploading_and_revoking() {
        try (var lab = Lab.of(Scenes.small())
                .policy(policy ->
                        policy.with(Tier.EXECUTE, Policy.Answer.DENY).with(Tier.DESTROY, Policy.Answer.DENY))) {
            that(certificate(lab, "revoke")).isRefusedBy("policy.destroy");
            that(lab.call("pve_certificate_set", "node", "pve1", "action", "upload", "certificate", "secret:chain.pem"))
                    .isRefusedBy("policy.execute");
            that(certificate(lab, "order")).saying("ACME domain list in node configuration is missing!");
        }
    }
}

package pvemcp.tools.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Notifications.Part;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Somebody is told when something happens.
class NotificationStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static ToolResult set(Lab lab, String what, String action, String name, Object... namesAndValues) {
        return lab.call(
                "pve_notification_set",
                "what",
                what,
                "action",
                action,
                "name",
                name,
                "options",
                Json.obj(namesAndValues));
    }

    private static ToolResult get(Lab lab, String what) {
        return lab.call("pve_notification_get", "what", what);
    }

    @Test
    void what_comes_with_pve_is_there() {
        try (var lab = Lab.of(Scenes.small())) {
            that(get(lab, "targets")).shows("mail-to-root|sendmail|enabled|builtin");
            that(get(lab, "matchers")).shows("default-matcher|enabled|mail-to-root|everything|builtin");
            that(get(lab, "fields")).shows("type: package-updates, fencing", "hostname: pve1");
        }
    }

    @Test
    void targets_of_every_kind_are_made_tested_and_gone() {
        try (var lab = Lab.of(Scenes.small()).knowingSecret("gotify", "s3cret-token")) {
            that(set(lab, "sendmail", "create", "mail", "mailto", Json.arr(Json.str("ops@example.org"))))
                    .shows("outcome: done");
            that(set(lab, "gotify", "create", "push", "server", "http://192.0.2.40", "token", "secret:gotify"))
                    .isDone();
            that(set(
                            lab,
                            "smtp",
                            "create",
                            "relay",
                            "server",
                            "mail.example.org",
                            "from-address",
                            "pve@example.org",
                            "mailto",
                            "a@example.org"))
                    .isDone();
            that(set(lab, "webhook", "create", "hook", "url", "https://example.org/x", "method", "post"))
                    .isDone();
            that(get(lab, "targets"))
                    .shows("mail|sendmail|enabled|user-created", "push|gotify", "relay|smtp", "hook|webhook");
            that(lab.call("pve_notification_get", "name", "relay")).shows("server: mail.example.org");
            that(set(lab, "gotify", "test", "push")).shows("sent, as far as PVE can tell");
            assertThat(lab.<List<String>>ask(cluster -> List.copyOf(cluster.notifications.sent)))
                    .containsExactly("push");
            that(set(lab, "smtp", "change", "relay", "disable", 1)).isDone();
            that(get(lab, "targets")).shows("relay|smtp|disabled");
            for (var kind : List.of("sendmail mail", "gotify push", "smtp relay", "webhook hook")) {
                var words = kind.split(" ", 2);
                that(set(lab, words[0], "delete", words[1])).isDone();
            }
            that(get(lab, "targets")).showsNot("user-created");
        }
    }

    @Test
    void a_secret_passes_by_the_model() {
        try (var lab = Lab.of(Scenes.small()).knowingSecret("gotify", "s3cret-token")) {
            that(set(lab, "gotify", "create", "push", "server", "http://192.0.2.40", "token", "s3cret-token"))
                    .failsWith("bad_arguments")
                    .saying("argument 'token'", "secrets.directory");
            that(lab.call(
                            "pve_notification_set",
                            "what",
                            "gotify",
                            "action",
                            "create",
                            "name",
                            "push",
                            "options",
                            Json.obj("server", "http://192.0.2.40", "token", "secret:gotify"),
                            "dry_run",
                            true))
                    .shows("POST /cluster/notifications/endpoints/gotify", "•••")
                    .showsNot("s3cret-token");
            that(set(lab, "gotify", "create", "push", "server", "http://192.0.2.40", "token", "secret:gotify"))
                    .showsNot("s3cret-token");
            assertThat(lab.<String>ask(cluster -> cluster.notifications
                            .require(Part.GOTIFY, "push")
                            .text("token")
                            .orElse("")))
                    .isEqualTo("s3cret-token");
            assertThat(lab.audit().toString()).doesNotContain("s3cret-token");
            that(lab.call("pve_notification_get", "name", "push")).showsNot("s3cret-token");
        }
    }

    @Test
    void the_secrets_of_a_webhook_are_sent_as_pve_wants_them() {
        try (var lab = Lab.of(Scenes.small()).knowingSecret("hook", "p4ss")) {
            var secret = Json.arr(Json.str("name=KEY,value=secret:hook"));
            that(set(
                            lab,
                            "webhook",
                            "create",
                            "hook",
                            "url",
                            "https://example.org/hook",
                            "method",
                            "post",
                            "secret",
                            secret))
                    .isDone();
            assertThat(lab.<String>ask(cluster ->
                            cluster.notifications.require(Part.WEBHOOK, "hook").write()))
                    .contains("name=KEY,value=cDRzcw==");
            that(lab.call("pve_notification_get", "name", "hook"))
                    .shows("url: https://example.org/hook", "•••")
                    .showsNot("cDRzcw");
            that(set(lab, "webhook", "change", "hook", "secret", Json.arr(Json.str("name=KEY,value=cDRzcw=="))))
                    .failsWith("bad_arguments");
        }
    }

    @Test
    void a_matcher_says_what_goes_where() {
        try (var lab = Lab.of(Scenes.small())) {
            that(set(lab, "sendmail", "create", "mail", "mailto", "ops@example.org"))
                    .isDone();
            that(set(
                            lab,
                            "matcher",
                            "create",
                            "bad",
                            "target",
                            Json.arr(Json.str("mail")),
                            "match-severity",
                            Json.arr(Json.str("error,warning")),
                            "mode",
                            "any"))
                    .isDone();
            that(get(lab, "matchers")).shows("bad|enabled|mail|any of: severity error,warning");
            that(set(lab, "sendmail", "delete", "mail")).saying("cannot delete 'mail', referenced by: bad");
            that(set(lab, "matcher", "create", "none", "target", Json.arr(Json.str("nobody"))))
                    .saying("not found: 'nobody'");
            that(set(lab, "matcher", "change", "bad", "disable", 1)).isDone();
            that(lab.call("pve_notification_get", "what", "matchers", "name", "bad"))
                    .shows("disable: 1");
            that(set(lab, "matcher", "delete", "bad")).isDone();
            that(set(lab, "sendmail", "delete", "mail")).isDone();
        }
    }

    @Test
    void a_target_that_cannot_be_reached_fails_its_test() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> cluster.notifications.unreachable.add("mail-to-root"))) {
            that(set(lab, "sendmail", "test", "mail-to-root")).saying("could not notify via target 'mail-to-root'");
            that(lab.call("pve_notification_get", "name", "nobody")).failsWith("not_found");
        }
    }

    @Test
    void a_way_out_of_the_cluster_needs_more_than_a_matcher() {
        try (var lab = Lab.of(Scenes.small()).policy(policy -> policy.with(Tier.EXECUTE, Policy.Answer.DENY))) {
            that(set(lab, "webhook", "create", "hook", "url", "https://example.org", "method", "post"))
                    .isRefusedBy("policy.execute");
            that(set(lab, "matcher", "create", "all", "target", Json.arr(Json.str("mail-to-root"))))
                    .isDone();
        }
    }
}

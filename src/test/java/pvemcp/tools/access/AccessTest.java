package pvemcp.tools.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy.Answer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.Credentials;
import pvemcp.sim.Scenario;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Directory;
import pvemcp.sim.world.Group;
import pvemcp.sim.world.Realm;
import pvemcp.sim.world.SecondFactor;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Who there is and what they may, from the first user to the last grant.
class AccessTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    /// Joe of the group `ops`, which audits everything, with a token `ci` that may start guest 101.
    private static Lab lab() {
        return Lab.of(Scenes.small()).with(cluster -> {
            var joe = new User("joe@pve");
            joe.comment = "Joe from operations";
            joe.groups.add("ops");
            joe.tokens.put("ci", new Token("ci", "6c7b", "builds", 1_800_000_000L, true));
            joe.factors.put(
                    "totp-0", new SecondFactor("totp-0", "totp", "phone", "JBSWY3DPEHPK3PXP", true, 1_700_000_000L));
            cluster.access.users.put(joe.id(), joe);
            cluster.access.groups.put("ops", new Group("ops", "Operations"));
            cluster.access.grant(new Acl("/", Acl.Kind.GROUP, "ops", "PVEAuditor", true));
            cluster.access.grant(new Acl("/vms/101", Acl.Kind.USER, "joe@pve", "PVEVMUser", true));
            cluster.access.grant(new Acl("/vms/101", Acl.Kind.TOKEN, "joe@pve!ci", "PVEVMUser", false));
        });
    }

    @Test
    void everybody_and_everything_is_listed() {
        try (var lab = lab()) {
            that(lab.call("pve_access_get", "what", "users"))
                    .shows("3 users", "joe@pve", "ops", "Joe from operations", "root@pam");
            that(lab.call("pve_access_get", "what", "groups")).shows("1 group", "ops", "joe@pve", "Operations");
            that(lab.call("pve_access_get", "what", "roles")).shows("17 roles", "PVEVMUser", "Administrator");
            that(lab.call("pve_access_get", "what", "realms")).shows("2 realms", "pam", "pve");
            that(lab.call("pve_access_get", "what", "tokens")).shows("2 tokens", "joe@pve!ci", "2027-01-15", "builds");
            that(lab.call("pve_access_get", "what", "tfa")).shows("joe@pve", "totp", "phone");
            that(lab.call("pve_access_get", "what", "acl")).shows("4 grants", "/vms/101", "PVEVMUser", "group");
        }
    }

    @Test
    void one_user_is_shown_with_his_groups_tokens_factors_and_rights() {
        try (var lab = lab()) {
            that(lab.call("pve_access_get", "what", "users", "id", "joe@pve"))
                    .shows("groups: ops", "second_factors: totp", "joe@pve!ci", "PVEAuditor", "PVEVMUser")
                    .showsNot("JBSWY3DPEHPK3PXP", "6c7b", "mcp@pve");
            that(lab.call("pve_access_get", "what", "groups", "id", "ops")).shows("members: joe@pve", "PVEAuditor");
            that(lab.call("pve_access_get", "what", "roles", "id", "PVEVMUser"))
                    .shows("VM.PowerMgmt", "joe@pve!ci")
                    .showsNot("VM.Allocate");
            that(lab.call("pve_access_get", "what", "tokens", "id", "joe@pve!ci"))
                    .shows("1 token", "own_rights_only");
            that(lab.call("pve_access_get", "what", "users", "id", "jo@pve"))
                    .failsWith("not_found")
                    .saying("no such user ('jo@pve')")
                    .hinting("pve_access_get");
        }
    }

    @Test
    void what_bears_on_a_path_is_what_stands_there_and_what_comes_down() {
        try (var lab = lab()) {
            that(lab.call("pve_access_get", "what", "acl", "acl_path", "/vms/101"))
                    .shows("4 grants", "PVEAuditor", "joe@pve!ci");
            that(lab.call("pve_access_get", "what", "acl", "acl_path", "/vms/102"))
                    .shows("2 grants", "PVEAuditor")
                    .showsNot("PVEVMUser");
            that(lab.call("pve_access_get", "what", "acl", "id", "joe@pve"))
                    .shows("2 grants")
                    .showsNot("PVEAuditor");
        }
    }

    @Test
    void what_somebody_may_is_worked_out_by_pve() {
        try (var lab = lab()) {
            that(lab.call("pve_access_get", "what", "permissions", "id", "joe@pve", "acl_path", "/vms/101"))
                    .shows("VM.PowerMgmt")
                    .showsNot("VM.Allocate");
            that(lab.call("pve_access_get", "what", "permissions", "id", "joe@pve!ci"))
                    .shows("1 set of privileges", "/vms/101", "VM.PowerMgmt", "not_below");
            that(lab.call("pve_access_get", "what", "permissions"))
                    .shows("1 set of privileges", "/vms", "Permissions.Modify");
        }
    }

    @Test
    void a_realm_is_shown_without_its_secrets() {
        try (var lab = lab().with(cluster -> cluster.access.realms.put(
                "sso",
                new Realm(
                        "sso",
                        "openid",
                        "Company",
                        Json.obj(
                                "issuer-url",
                                "https://id.example.org",
                                "client-id",
                                "pve",
                                "client-key",
                                "hunter2"))))) {
            that(lab.call("pve_access_get", "what", "realms", "id", "sso"))
                    .shows("https://id.example.org", "client-id: pve")
                    .showsNot("hunter2");
        }
    }

    @Test
    void a_user_is_made_changed_and_deleted() {
        try (var lab = lab()) {
            var options = Json.obj("groups", "ops", "comment", "Ann", "email", "ann@example.org");
            that(lab.call("pve_access_set", "what", "user", "action", "create", "id", "ann@pve", "options", options))
                    .shows("outcome: done");
            that(lab.call("pve_access_get", "what", "groups", "id", "ops")).shows("ann@pve");
            that(lab.call(
                            "pve_access_set",
                            "what",
                            "user",
                            "action",
                            "change",
                            "id",
                            "ann@pve",
                            "options",
                            Json.obj("enable", false)))
                    .shows("outcome: done");
            that(lab.call("pve_access_get", "what", "users", "id", "ann@pve")).shows("enabled: no");
            that(lab.call("pve_access_set", "what", "user", "action", "delete", "id", "ann@pve"))
                    .shows("outcome: done");
            assertThat(lab.<Boolean>ask(cluster -> cluster.access.users.containsKey("ann@pve")))
                    .isFalse();
        }
    }

    @Test
    void groups_and_roles_and_realms_come_and_go() {
        try (var lab = lab()) {
            var wanted = List.of(
                    List.of("group", "dev", Json.obj("comment", "Developers")),
                    List.of("role", "Starter", Json.obj("privs", "VM.PowerMgmt,VM.Audit")),
                    List.of(
                            "realm",
                            "corp",
                            Json.obj(
                                    "type", "ldap",
                                    "server1", "ldap.example.org",
                                    "base_dn", "dc=example,dc=org",
                                    "user_attr", "uid")));
            for (var each : wanted) {
                var what = each.getFirst();
                var change =
                        what.equals("role") ? Json.obj("privs", "VM.Console", "append", 1) : Json.obj("comment", "new");
                that(lab.call(
                                "pve_access_set",
                                "what",
                                what,
                                "action",
                                "create",
                                "id",
                                each.get(1),
                                "options",
                                each.get(2)))
                        .shows("outcome: done");
                that(lab.call("pve_access_set", "what", what, "action", "change", "id", each.get(1), "options", change))
                        .shows("outcome: done");
                that(lab.call("pve_access_get", "what", what + "s", "id", each.get(1)))
                        .shows(what.equals("role") ? "VM.Audit, VM.Console, VM.PowerMgmt" : "comment: new");
                that(lab.call("pve_access_set", "what", what, "action", "delete", "id", each.get(1)))
                        .shows("outcome: done");
                that(lab.call("pve_access_get", "what", what + "s"))
                        .showsNot(each.get(1).toString());
            }
        }
    }

    @Test
    void everything_wrong_with_a_change_is_said_before_anything_is_sent() {
        try (var lab = lab()) {
            that(lab.call("pve_access_set", "what", "group", "action", "sync", "id", "ops"))
                    .failsWith("bad_arguments")
                    .saying("a group has no 'sync'");
            that(lab.call("pve_access_set", "what", "token", "action", "delete", "id", "joe@pve"))
                    .failsWith("bad_arguments")
                    .saying("user@realm!name");
            that(lab.call(
                            "pve_access_set",
                            "what",
                            "user",
                            "action",
                            "create",
                            "id",
                            "ann@pve",
                            "options",
                            Json.obj("grops", "ops", "expire", -1)))
                    .failsWith("bad_arguments")
                    .saying("grops", "did you mean 'groups'?", "expire");
        }
    }

    @Test
    void a_password_is_named_and_not_told() {
        try (var lab = lab().knowingSecret("ann", "correct horse")) {
            that(withPassword(lab, "hunter22"))
                    .failsWith("bad_arguments")
                    .saying("would be written down in this conversation", "secret:FILE");
            that(withPassword(lab, "secret:bob")).failsWith("bad_arguments").saying("no file 'bob'");
            that(withPassword(lab, "secret:-")).failsWith("bad_arguments").saying("typed at a terminal");
            that(withPassword(lab, "secret:ann")).shows("outcome: done");
            assertThat(lab.<String>ask(cluster -> cluster.access.users.get("ann@pve").password))
                    .isEqualTo("correct horse");
            assertThat(lab.audit().toString()).doesNotContain("correct horse", "hunter22");
        }
    }

    private static ToolResult withPassword(Lab lab, String password) {
        var options = Json.obj("password", password);
        return lab.call("pve_access_set", "what", "user", "action", "create", "id", "ann@pve", "options", options);
    }

    /// What is written into a comment can be read back.
    @Test
    void a_secret_is_put_only_where_secrets_go() {
        try (var lab = lab().knowingSecret("ann", "correct horse")) {
            var options = Json.obj("comment", "secret:ann");
            that(lab.call("pve_access_set", "what", "user", "action", "change", "id", "joe@pve", "options", options))
                    .shows("outcome: done");
            that(lab.call("pve_access_get", "what", "users", "id", "joe@pve")).shows("comment: secret:ann");
        }
    }

    @Test
    void the_key_of_a_realm_is_not_shown_before_it_is_sent() {
        try (var lab = lab().knowingSecret("sso", "hunter22").policy(old -> old.with(Tier.EXECUTE, Answer.ASK))) {
            var options = Json.obj(
                    "type",
                    "openid",
                    "issuer-url",
                    "https://id.example.org",
                    "client-id",
                    "pve",
                    "client-key",
                    "secret:sso");
            var held = lab.call("pve_access_set", "what", "realm", "action", "create", "id", "sso", "options", options);
            that(held).isHeld();
            assertThat(((ToolResult.Held) held).preview().toString())
                    .contains("POST /access/domains", "client-id")
                    .doesNotContain("hunter22");
        }
    }

    @Test
    void no_token_is_made_unless_the_owner_says_so() {
        try (var lab = lab()) {
            for (var action : List.of("create", "change")) {
                that(lab.call(
                                "pve_access_set",
                                "what",
                                "token",
                                "action",
                                action,
                                "id",
                                "joe@pve!ci",
                                "options",
                                action.equals("change") ? Json.obj("regenerate", true) : Json.Obj.EMPTY))
                        .isRefusedBy("secrets.create_tokens")
                        .hinting("secrets.create_tokens = true");
            }
            that(lab.call(
                            "pve_access_set",
                            "what",
                            "token",
                            "action",
                            "change",
                            "id",
                            "joe@pve!ci",
                            "options",
                            Json.obj("comment", "nightly")))
                    .shows("outcome: done");
            assertThat(lab.<Token>ask(cluster ->
                            cluster.access.users.get("joe@pve").tokens.get("ci")))
                    .isEqualTo(new Token("ci", "6c7b", "nightly", 1_800_000_000L, true));
        }
    }

    @Test
    void the_secret_of_a_token_goes_to_a_file_of_the_owner_and_nowhere_else() throws IOException {
        try (var lab = lab().makingTokens()) {
            var made = lab.call(
                    "pve_access_set",
                    "what",
                    "token",
                    "action",
                    "create",
                    "id",
                    "joe@pve!backup",
                    "options",
                    Json.obj("expire", 1_900_000_000L));
            var secret = secret(lab, "backup");
            var file = lab.handover().resolve("joe@pve!backup.token");
            that(made)
                    .shows("outcome: done", "secret_file: " + file, "pve_access_grant")
                    .showsNot(secret);
            assertThat(file).hasContent(secret);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");

            var renewed = lab.call(
                    "pve_access_set",
                    "what",
                    "token",
                    "action",
                    "change",
                    "id",
                    "joe@pve!backup",
                    "options",
                    Json.obj("regenerate", 1));
            assertThat(secret(lab, "backup")).isNotEqualTo(secret);
            that(renewed).shows("outcome: done").showsNot(secret(lab, "backup"));
            assertThat(lab.handover().resolve("joe@pve!backup-2.token")).hasContent(secret(lab, "backup"));
            assertThat(lab.audit().toString()).doesNotContain(secret, secret(lab, "backup"));
        }
    }

    private static String secret(Lab lab, String token) {
        return lab.ask(
                cluster -> cluster.access.users.get("joe@pve").tokens.get(token).secret());
    }

    @Test
    void a_token_whose_secret_would_be_lost_is_not_made() throws IOException {
        try (var lab = lab().makingTokens()) {
            Files.writeString(lab.handover(), "in the way");
            that(lab.call("pve_access_set", "what", "token", "action", "create", "id", "joe@pve!backup"))
                    .failsWith("bad_arguments")
                    .saying("secrets.handover");
            assertThat(lab.<Integer>ask(cluster ->
                            cluster.access.users.get("joe@pve").tokens.size()))
                    .isEqualTo(1);
        }
    }

    @Test
    void rights_are_given_and_taken_back() {
        try (var lab = lab()) {
            that(lab.call("pve_access_grant", "acl_path", "/vms/102", "roles", "PVEVMAdmin", "who", "ops"))
                    .shows("outcome: done", "/vms/102", "PVEVMAdmin", "ops");
            that(lab.call("pve_access_get", "what", "permissions", "id", "joe@pve", "acl_path", "/vms/102"))
                    .shows("VM.Allocate");
            that(lab.call(
                            "pve_access_grant",
                            "acl_path",
                            "/vms/102",
                            "roles",
                            "PVEVMAdmin",
                            "who",
                            "ops",
                            "revoke",
                            true))
                    .shows("outcome: done")
                    .showsNot("PVEVMAdmin");
            that(lab.call("pve_access_grant", "acl_path", "/vms", "roles", "PVEVMAdmn", "who", "joe@pve"))
                    .failsWith("not_found")
                    .saying("role 'PVEVMAdmn' does not exist");
        }
    }

    @Test
    void a_grant_is_shown_before_it_is_made_with_what_it_hides() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_access_grant",
                            "acl_path",
                            "/vms",
                            "roles",
                            "PVEVMAdmin",
                            "who",
                            "ops,mcp@pve!sim",
                            "dry_run",
                            true))
                    .shows(
                            "give PVEVMAdmin on /vms to ops, mcp@pve!sim",
                            "PUT /access/acl",
                            "\"tokens\":\"mcp@pve!sim\"",
                            "takes the place of PVEAuditor, which ops has from /",
                            "what this server logs in as");
            that(lab.call("pve_access_get", "what", "acl")).showsNot("PVEVMAdmin");
        }
    }

    @Test
    void what_goes_with_a_user_is_said_before_he_goes() {
        try (var lab = lab()) {
            that(lab.call("pve_access_set", "what", "user", "action", "delete", "id", "joe@pve", "dry_run", true))
                    .shows("delete user 'joe@pve'", "DELETE /access/users/joe%40pve", "takes 2 grants along");
            that(lab.call("pve_access_set", "what", "user", "action", "delete", "id", "mcp@pve", "dry_run", true))
                    .shows("this is what this server logs in as");
        }
    }

    @Test
    void who_logs_in_no_more_is_said_before_a_realm_goes() {
        try (var lab = corp()) {
            that(lab.call("pve_access_set", "what", "realm", "action", "delete", "id", "corp", "dry_run", true))
                    .shows("delete realm 'corp'", "locks out 1 user");
        }
    }

    /// No file system takes a name as long as that.
    @Test
    void a_token_whose_secret_was_lost_is_taken_back() {
        try (var lab = lab().makingTokens()) {
            var id = "joe@pve!" + "x".repeat(250);
            that(lab.call("pve_access_set", "what", "token", "action", "create", "id", id))
                    .shows("undone: its secret could not be written", "the token was deleted again");
            assertThat(lab.<Integer>ask(cluster ->
                            cluster.access.users.get("joe@pve").tokens.size()))
                    .isEqualTo(1);
        }
    }

    @Test
    void rights_on_what_is_protected_are_not_given() {
        try (var lab = lab().protecting("tag:prod")) {
            that(lab.call("pve_access_grant", "acl_path", "/vms/100", "roles", "PVEVMAdmin", "who", "joe@pve"))
                    .isRefusedBy("policy.protect.tags");
        }
    }

    /// The realm `corp`, whose directory knows Ann and Bob, and Eve, whom it no longer knows.
    private static Lab corp() {
        return lab().with(cluster -> {
            cluster.access.realms.put("corp", new Realm("corp", "ldap", "", Json.obj("server1", "ldap.example.org")));
            var groups = new TreeMap<>(Map.of("devs", List.of("ann")));
            cluster.access.directories.put("corp", new Directory(List.of("ann", "bob"), groups));
            cluster.access.users.put("eve@corp", new User("eve@corp"));
            cluster.access.grant(new Acl("/vms", Acl.Kind.USER, "eve@corp", "PVEVMUser", true));
        });
    }

    @Test
    void a_realm_is_synced_after_its_log_was_seen() {
        try (var lab = corp()) {
            var options = Json.obj("scope", "both", "remove-vanished", "entry;acl");
            that(lab.call(
                            "pve_access_set",
                            "what",
                            "realm",
                            "action",
                            "sync",
                            "id",
                            "corp",
                            "options",
                            options.with("dry-run", 1)))
                    .shows(
                            "outcome: done",
                            ":auth-realm-sync-test:",
                            "remove user 'eve@corp'",
                            "adding user 'bob@corp'",
                            "changes were NOT written");
            that(lab.call("pve_access_get", "what", "users")).shows("eve@corp").showsNot("bob@corp");

            that(lab.call("pve_access_set", "what", "realm", "action", "sync", "id", "corp", "options", options))
                    .shows(":auth-realm-sync:", "successfully updated users and groups configuration");
            that(lab.call("pve_access_get", "what", "users")).shows("bob@corp").showsNot("eve@corp");
            that(lab.call("pve_access_get", "what", "groups", "id", "devs-corp"))
                    .shows("members: ann@corp");
            that(lab.call("pve_access_get", "what", "acl")).showsNot("eve@corp");
        }
    }

    @Test
    void what_cannot_be_synced_says_why() {
        try (var lab = corp()) {
            that(lab.call("pve_access_set", "what", "realm", "action", "sync", "id", "corp"))
                    .failsWith("bad_arguments")
                    .saying("scope: Not passed as parameter");
            that(lab.call("pve_access_set", "what", "realm", "action", "sync", "id", "pve"))
                    .saying("Cannot sync realm type 'pve'! Only LDAP/AD realms can be synced.");
        }
    }

    @Test
    void second_factors_that_wrong_codes_have_locked_are_unlocked() {
        try (var lab = lab().with(cluster -> cluster.access.users.get("joe@pve").totpLocked = true)) {
            that(lab.call("pve_access_get", "what", "tfa")).shows("joe@pve|totp|totp-0|yes|yes|");
            that(lab.call("pve_api_read", "path", "/access/users/joe@pve/tfa", "params", Json.obj("multiple", 1)))
                    .shows("types: [\"totp\"]");
            that(lab.call("pve_access_set", "what", "user", "action", "unlock", "id", "joe@pve"))
                    .shows("outcome: done");
            that(lab.call("pve_access_get", "what", "tfa")).shows("joe@pve|totp|totp-0|yes|no|");
        }
    }

    @Test
    void a_token_sets_no_password_and_says_who_can() {
        try (var lab = lab().knowingSecret("joe", "correct horse")) {
            var options = Json.obj("password", "secret:joe");
            that(lab.call("pve_access_set", "what", "user", "action", "password", "id", "joe@pve", "options", options))
                    .isRefusedBy("user")
                    .hinting("pveum passwd joe@pve");
        }
    }

    @Test
    void the_generic_door_makes_no_token_either_and_shows_no_secret() throws IOException {
        var path = "/access/users/joe@pve/token/ci2";
        try (var lab = lab()) {
            that(lab.call("pve_api_write", "method", "post", "path", path)).isRefusedBy("secrets.create_tokens");
            var made = lab.makingTokens().call("pve_api_write", "method", "post", "path", path);
            var file = lab.handover().resolve("answer.json");
            that(made)
                    .shows("full-tokenid: joe@pve!ci2", "value: •••", "what is not shown here is in " + file)
                    .showsNot(secret(lab, "ci2"));
            assertThat(Files.readString(file)).contains(secret(lab, "ci2"));
        }
    }

    @Test
    void the_generic_door_takes_a_password_by_name_too() {
        try (var lab = lab().knowingSecret("ann", "correct horse")) {
            var params = Json.obj("userid", "ann@pve", "password", "secret:ann");
            that(lab.call("pve_api_write", "method", "post", "path", "/access/users", "params", params))
                    .shows("outcome: done");
            assertThat(lab.<String>ask(cluster -> cluster.access.users.get("ann@pve").password))
                    .isEqualTo("correct horse");
        }
    }

    @Test
    void somebody_who_may_not_is_told_what_he_lacks() {
        Scenario looking = cluster -> {
            Scenes.small().seed(cluster);
            cluster.access.users.put("look@pve", new User("look@pve"));
            cluster.access.grant(new Acl("/", Acl.Kind.USER, "look@pve", "PVEAuditor", true));
            return Credentials.token(cluster, "look@pve", "agent");
        };
        try (var lab = Lab.of(looking)) {
            that(lab.call("pve_access_get", "what", "users")).shows("mcp@pve");
            that(lab.call("pve_access_set", "what", "user", "action", "create", "id", "ann@pve"))
                    .failsWith("forbidden")
                    .saying("look@pve!agent may not Realm.AllocateUser on /access/realm/pve")
                    .hinting("--roles PVEUserAdmin");
            that(lab.call("pve_access_grant", "acl_path", "/", "roles", "Administrator", "who", "look@pve!agent"))
                    .failsWith("forbidden")
                    .saying("Permissions.Modify");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "create"))
                    .failsWith("forbidden")
                    .saying("Pool.Allocate on /pool/infra");
        }
    }

    @Test
    void taking_ones_own_rights_is_said_before() {
        try (var lab = lab()) {
            that(lab.call(
                            "pve_access_grant",
                            "acl_path",
                            "/",
                            "roles",
                            "Administrator",
                            "who",
                            "mcp@pve",
                            "revoke",
                            true,
                            "dry_run",
                            true))
                    .shows("this takes rights from what this server logs in as", "\"delete\":1");
        }
    }
}

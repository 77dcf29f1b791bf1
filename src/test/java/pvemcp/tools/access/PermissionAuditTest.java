package pvemcp.tools.access;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.Credentials;
import pvemcp.sim.Scenario;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Role;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;
import pvemcp.tool.ToolResult;

/// Whether somebody may more or less than a job needs.
class PermissionAuditTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    /// The small cluster as a token `look@pve!agent` sees it, with a role for it and its user on a path.
    private static Scenario as(String role, String path) {
        return cluster -> {
            Scenes.small().seed(cluster);
            var user = new User("look@pve");
            user.tokens.put("agent", new Token("agent", "0b3c", "", 0, true));
            cluster.access.users.put(user.id(), user);
            cluster.access.grant(new Acl(path, Acl.Kind.USER, "look@pve", role, true));
            cluster.access.grant(new Acl(path, Acl.Kind.TOKEN, "look@pve!agent", role, true));
            return new Credentials("look@pve!agent", "0b3c");
        };
    }

    @Test
    void a_token_that_only_looks_is_told_what_it_lacks_to_operate() {
        try (var lab = Lab.of(as("PVEAuditor", "/"))) {
            that(lab.call("pve_permission_audit"))
                    .shows(
                            "look@pve!agent has what an auditor needs",
                            "auditor: sees everything, changes nothing; held",
                            "lacks Datastore.AllocateSpace, VM.Backup, VM.PowerMgmt",
                            "pveum role add McpOperator --privs 'VM.Audit VM.GuestAgent.Audit VM.PowerMgmt",
                            "pveum acl modify /vms --users 'look@pve' --tokens 'look@pve!agent' --roles McpOperator",
                            "/|PVEAuditor|look@pve!agent|token|yes",
                            "not looked at: token look@pve!agent")
                    .showsNot("worth thinking twice");
        }
    }

    @Test
    void a_token_that_may_everything_is_told_what_is_too_much() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_permission_audit"))
                    .shows(
                            "mcp@pve!sim has what an administrator needs",
                            "privileges besides",
                            "all rights of its user, as it has no privilege separation",
                            "never ends",
                            "can give itself every right there",
                            "runs programs in guests",
                            "Administrator");
        }
    }

    @Test
    void paths_are_checked_for_what_should_be_held_there() {
        try (var lab = Lab.of(as("PVEVMUser", "/pool/shop"))) {
            that(lab.call(
                            "pve_permission_audit",
                            "paths",
                            "/vms/101,/vms/102,/pool/shop",
                            "privileges",
                            "VM.PowerMgmt,VM.Allocate"))
                    .shows(
                            "look@pve!agent has less than an auditor",
                            "/vms/101|10|VM.Allocate\n",
                            "/vms/102|0|VM.PowerMgmt, VM.Allocate\n",
                            "pveum acl modify /pool/shop --users 'look@pve'");
            that(lab.call("pve_permission_audit", "paths", "/vms/101"))
                    .shows("VM.Config.Options, VM.Config.CPU", "VM.Allocate");
        }
    }

    @Test
    void somebody_else_is_judged_as_well() {
        try (var lab = Lab.of(Scenes.small()).with(cluster -> {
            cluster.access.users.put("joe@pve", new User("joe@pve"));
            cluster.access.grant(new Acl("/", Acl.Kind.USER, "joe@pve", "PVEAuditor", true));
        })) {
            that(lab.call("pve_permission_audit", "userid", "joe@pve"))
                    .shows("joe@pve has what an auditor needs", "--users 'joe@pve' --roles PVEAuditor")
                    .showsNot("--tokens", "never ends");
        }
    }

    /// 8 has no privileges of their own for the guest agent, and `VM.Monitor` for all of it.
    @Test
    void what_a_release_does_not_know_is_not_in_its_recipes() {
        try (var lab = Lab.of(Scenes.small())
                .with(cluster -> cluster.access.roles.replaceAll((id, role) -> {
                    var names = new TreeSet<>(role.privileges());
                    if (names.removeIf(name -> name.startsWith("VM.GuestAgent."))) {
                        names.add("VM.Monitor");
                    }
                    return new Role(id, role.special(), names);
                }))) {
            that(lab.call("pve_permission_audit"))
                    .shows("VM.Monitor", "--privs 'VM.Audit VM.PowerMgmt VM.Snapshot")
                    .showsNot("VM.GuestAgent");
        }
    }
}

package pvemcp.tools.access;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Kinds of work, mildest first, each with just enough rights for it.
public enum Job {
    AUDITOR("sees everything, changes nothing", List.of(new Grant("/", "PVEAuditor", List.of()))),
    OPERATOR(
            "besides that starts, stops, snapshots and backs up guests",
            List.of(
                    new Grant("/", "PVEAuditor", List.of()),
                    new Grant(
                            "/vms",
                            "McpOperator",
                            List.of(
                                    "VM.Audit",
                                    "VM.GuestAgent.Audit",
                                    "VM.PowerMgmt",
                                    "VM.Snapshot",
                                    "VM.Snapshot.Rollback",
                                    "VM.Backup")),
                    new Grant("/storage", "McpBackup", List.of("Datastore.Audit", "Datastore.AllocateSpace")))),
    ADMINISTRATOR(
            "does nearly everything but give roles; also changes users and runs programs in guests",
            List.of(
                    new Grant("/", "PVEAdmin", List.of()),
                    new Grant("/", "McpHosts", List.of("Sys.Audit", "Sys.Modify", "Sys.PowerMgmt"))));

    private final String does;
    private final List<Grant> grants;

    Job(String does, List<Grant> grants) {
        this.does = does;
        this.grants = grants;
    }

    /// One role on one path.
    ///
    /// @param privileges of a role to be made; empty for one that PVE has
    record Grant(String path, String role, List<String> privileges) {
        /// What a role names and the cluster does not have is left out: 8 has no `VM.GuestAgent.Audit`.
        ///
        /// @param roles those of the cluster, with their privileges
        Set<String> privileges(Map<String, Set<String>> roles) {
            if (privileges.isEmpty()) {
                return roles.getOrDefault(role, Set.of());
            }
            var all = new LinkedHashSet<>(privileges);
            all.retainAll(roles.getOrDefault("Administrator", Set.of()));
            return all;
        }

        boolean makesRole() {
            return !privileges.isEmpty();
        }

        String making(Iterable<String> names) {
            return "pveum role add %s --privs '%s'".formatted(role, String.join(" ", names));
        }

        /// @param whom from [Job#whom]
        String giving(String place, String whom) {
            return "pveum acl modify %s %s --roles %s".formatted(place, whom, role);
        }
    }

    /// A few words, to come after the name.
    public String does() {
        return does;
    }

    List<Grant> grants() {
        return grants;
    }

    Set<String> needs(Map<String, Set<String>> roles) {
        var all = new TreeSet<String>();
        grants.forEach(grant -> all.addAll(grant.privileges(roles)));
        return all;
    }

    /// Whom a grant is for, as `pveum acl` takes it: a token never has more than its user, so both get it.
    ///
    /// @param who `user@realm` or `user@realm!token`
    static String whom(String who) {
        int mark = who.indexOf('!');
        return mark < 0
                ? "--users '%s'".formatted(who)
                : "--users '%s' --tokens '%s'".formatted(who.substring(0, mark), who);
    }

    /// The commands that make a user and a token with just this, for a root shell on a node. The cluster was not
    /// asked, so its release has to be known.
    ///
    /// @param token `user@realm!name`
    /// @param guestAgent whether there are privileges of their own for the guest agent, as in 9
    public List<String> fromNothing(String token, boolean guestAgent) {
        int mark = token.indexOf('!');
        var user = token.substring(0, mark);
        var commands = new ArrayList<String>();
        commands.add("pveum user add '%s' --comment pve-mcp".formatted(user));
        for (var grant : grants) {
            if (grant.makesRole()) {
                commands.add(grant.making(grant.privileges().stream()
                        .filter(name -> guestAgent || !name.startsWith("VM.GuestAgent."))
                        .toList()));
            }
        }
        commands.add("pveum user token add '%s' '%s' --privsep 1 --expire $(date -d '+1 year' +%%s)"
                .formatted(user, token.substring(mark + 1)));
        grants.forEach(grant -> commands.add(grant.giving(grant.path(), whom(token))));
        return commands;
    }
}

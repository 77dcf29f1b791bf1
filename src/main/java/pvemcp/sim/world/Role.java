package pvemcp.sim.world;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import pvemcp.sim.state.Form;

/// A named set of privileges.
///
/// @param special whether PVE made it, so that nobody may change it
public record Role(String id, boolean special, SortedSet<String> privileges) {
    static final Form<Role> FORM = Form.value(
            new Role("", false, new TreeSet<>()),
            (fields, role) -> new Role(
                    fields.text("id", role.id),
                    fields.flag("special", role.special),
                    new TreeSet<>(fields.value("privileges", List.copyOf(role.privileges), Form.TEXT.list()))));

    // PVE::AccessControl, $privgroups and create_roles, as of 9.2.
    private static final String GUEST_USER = "VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console"
            + " VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite"
            + " VM.PowerMgmt ";
    private static final String GUEST_ADMIN = GUEST_USER + "VM.Allocate VM.Clone VM.Config.CPU VM.Config.Disk"
            + " VM.Config.HWType VM.Config.Memory VM.Config.Network VM.Config.Options VM.GuestAgent.Unrestricted"
            + " VM.Migrate VM.Replicate VM.Snapshot VM.Snapshot.Rollback ";
    private static final String DATASTORE_USER = "Datastore.AllocateSpace Datastore.Audit ";
    private static final String DATASTORE_ADMIN = DATASTORE_USER + "Datastore.Allocate Datastore.AllocateTemplate ";
    private static final String SYSTEM_ADMIN = "Sys.Audit Sys.Console Sys.Syslog ";
    private static final String USER_ADMIN = "Group.Allocate Realm.AllocateUser User.Modify ";
    private static final String MAPPING_USER = "Mapping.Audit Mapping.Use ";
    private static final String NETWORK_ADMIN = "SDN.Allocate SDN.Audit SDN.Use ";
    private static final String POOL_ADMIN = "Pool.Allocate Pool.Audit ";
    private static final String ADMIN =
            GUEST_ADMIN + DATASTORE_ADMIN + SYSTEM_ADMIN + USER_ADMIN + MAPPING_USER + NETWORK_ADMIN + POOL_ADMIN;
    private static final String ALL = ADMIN + "Mapping.Modify Permissions.Modify Realm.Allocate Sys.AccessNetwork"
            + " Sys.Incoming Sys.Modify Sys.PowerMgmt";

    public Role {
        privileges = Collections.unmodifiableSortedSet(new TreeSet<>(privileges));
    }

    /// Every privilege there is.
    public static Set<String> allPrivileges() {
        return builtIn("Administrator", ALL).privileges();
    }

    /// The roles every cluster has.
    static SequencedMap<String, Role> builtIn() {
        var roles = new LinkedHashMap<String, Role>();
        for (var role : new Role[] {
            builtIn("Administrator", ALL),
            builtIn("NoAccess", ""),
            builtIn("PVEAdmin", ADMIN),
            builtIn(
                    "PVEAuditor",
                    "Datastore.Audit Mapping.Audit Pool.Audit SDN.Audit Sys.Audit VM.Audit" + " VM.GuestAgent.Audit"),
            builtIn("PVEDatastoreAdmin", DATASTORE_ADMIN),
            builtIn("PVEDatastoreUser", DATASTORE_USER),
            builtIn("PVEMappingAdmin", MAPPING_USER + "Mapping.Modify"),
            builtIn("PVEMappingUser", MAPPING_USER),
            builtIn("PVEPoolAdmin", POOL_ADMIN),
            builtIn("PVEPoolUser", "Pool.Audit"),
            builtIn("PVESDNAdmin", NETWORK_ADMIN),
            builtIn("PVESDNUser", "SDN.Audit SDN.Use"),
            builtIn("PVESysAdmin", SYSTEM_ADMIN),
            builtIn("PVETemplateUser", "VM.Audit VM.Clone"),
            builtIn("PVEUserAdmin", USER_ADMIN),
            builtIn("PVEVMAdmin", GUEST_ADMIN),
            builtIn("PVEVMUser", GUEST_USER)
        }) {
            roles.put(role.id(), role);
        }
        return roles;
    }

    private static Role builtIn(String id, String privileges) {
        var words = new TreeSet<>(Arrays.asList(privileges.strip().split(" +")));
        words.remove("");
        return new Role(id, true, words);
    }
}

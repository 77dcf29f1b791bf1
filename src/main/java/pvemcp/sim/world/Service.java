package pvemcp.sim.world;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import pvemcp.sim.state.Form;

/// A service of a host. Mutable; the simulator's lock guards it.
public final class Service {
    static final Form<Service> FORM = Form.value(
            new Service("", "", "", false),
            (fields, service) -> new Service(
                    fields.text("id", service.id),
                    fields.text("title", service.title),
                    fields.text("unit", service.unit),
                    fields.flag("running", service.running)));

    private final String id;
    private final String title;
    /// systemd's word for how it is installed: `enabled`, `disabled`, `static`, `masked` or `not-found`.
    public String unit;

    public boolean running;

    private Service(String id, String title, String unit, boolean running) {
        this.id = id;
        this.title = title;
        this.unit = unit;
        this.running = running;
    }

    public String id() {
        return id;
    }

    /// The unit's own description; the unit's name where there is none to read one from.
    public String title() {
        return unit.equals("not-found") || unit.equals("masked") ? id + ".service" : title;
    }

    /// The services that PVE knows, as they are on a host that is not in a cluster (PVE::API2::Services).
    static SequencedMap<String, Service> usual() {
        var services = new LinkedHashMap<String, Service>();
        put(services, "chrony", "chrony, an NTP client/server", "enabled", true);
        put(services, "corosync", "Corosync Cluster Engine", "enabled", false);
        put(services, "cron", "Regular background program processing daemon", "enabled", true);
        put(services, "ksmtuned", "Kernel Samepage Merging (KSM) Tuning Daemon", "enabled", true);
        put(services, "lxcfs", "FUSE filesystem for LXC", "enabled", true);
        put(services, "postfix", "Postfix Mail Transport Agent", "enabled", true);
        put(services, "proxmox-firewall", "Proxmox nftables firewall", "enabled", true);
        put(services, "pve-cluster", "The Proxmox VE cluster filesystem", "enabled", true);
        put(services, "pve-firewall", "Proxmox VE firewall", "enabled", true);
        put(services, "pve-ha-crm", "PVE Cluster HA Resource Manager Daemon", "enabled", true);
        put(services, "pve-ha-lrm", "PVE Local HA Resource Manager Daemon", "enabled", true);
        put(services, "pve-lxc-syscalld", "Proxmox VE LXC Syscall Daemon", "enabled", true);
        put(services, "pvedaemon", "PVE API Daemon", "enabled", true);
        put(services, "pvefw-logger", "Proxmox VE firewall logger", "static", true);
        put(services, "pveproxy", "PVE API Proxy Server", "enabled", true);
        put(services, "pvescheduler", "Proxmox VE scheduler", "enabled", true);
        put(services, "pvestatd", "PVE Status Daemon", "enabled", true);
        put(services, "qmeventd", "PVE Qemu Event Daemon", "enabled", true);
        put(services, "spiceproxy", "PVE SPICE Proxy Server", "enabled", true);
        put(services, "sshd", "OpenBSD Secure Shell server", "enabled", true);
        put(services, "syslog", "System Logging Service", "not-found", false);
        put(services, "systemd-journald", "Journal Service", "static", true);
        put(services, "systemd-timesyncd", "Network Time Synchronization", "not-found", false);
        return services;
    }

    private static void put(
            SequencedMap<String, Service> services, String id, String title, String unit, boolean running) {
        services.put(id, new Service(id, title, unit, running));
    }
}

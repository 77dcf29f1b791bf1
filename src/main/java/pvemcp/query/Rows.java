package pvemcp.query;

import java.time.Instant;
import java.util.Optional;

/// The tables, a record each: its components are the columns, in order. Bytes are whole numbers of bytes, times are
/// UTC timestamps, what PVE does not tell is NULL.
final class Rows {
    private Rows() {}

    @About("the nodes of the cluster")
    record Nodes(
            @About("node name") String node,
            @About("online, offline or unknown") String status,

            @About("CPU use as a fraction of all its CPUs, 0 to 1")
            Optional<Double> cpu,

            @About("number of CPU threads") Optional<Long> cpus,
            @About("memory used, bytes") Optional<Long> mem,
            @About("memory installed, bytes") Optional<Long> memMax,
            @About("root file system used, bytes") Optional<Long> disk,
            @About("root file system size, bytes") Optional<Long> diskMax,
            @About("seconds since it was started") Optional<Long> uptime) {}

    @About("VMs and containers")
    record Guests(
            @About("guest id") long vmid,
            @About("name; VM name or container host name") Optional<String> name,
            @About("vm or ct") String type,
            @About("node that holds it") String node,
            @About("running, stopped, paused or unknown") String status,
            @About("whether it is a template") boolean template,

            @About("CPU use as a fraction of its CPUs, 0 to 1")
            Optional<Double> cpu,

            @About("number of its CPUs") Optional<Double> cpus,
            @About("memory used, bytes") Optional<Long> mem,
            @About("memory given, bytes") Optional<Long> memMax,
            @About("root disk used, bytes; containers only") Optional<Long> disk,
            @About("root disk size, bytes") Optional<Long> diskMax,
            @About("seconds since it was started") Optional<Long> uptime,
            @About("pool it belongs to") Optional<String> pool,

            @About("tags, each between semicolons, such as ;prod;web; so that LIKE '%;prod;%' finds one")
            Optional<String> tags,

            @About("lock held on it, such as backup") Optional<String> lock,
            @About("state wanted by high availability") Optional<String> ha) {}

    @About("disks and mount points of guests, a row each")
    record Disks(
            @About("guest id") long vmid,

            @About("configuration key, such as scsi0, rootfs, mp1 or unused0")
            String disk,

            @About("storage it lies on; NULL for a bind mount or a device")
            Optional<String> storage,

            @About("volume id or path") String volume,
            @About("size, bytes") Optional<Long> size,
            @About("path in the container") Optional<String> mountPoint,
            @About("whether backups take it along") boolean backup,

            @About("whether it is a CD-ROM or cloud-init drive")
            boolean cdrom) {}

    @About("network interfaces of guests, a row each")
    record Nics(
            @About("guest id") long vmid,
            @About("configuration key, such as net0") String nic,

            @About("model of a VM's card; NULL for containers")
            Optional<String> model,

            @About("MAC address") Optional<String> mac,
            @About("bridge or vnet") Optional<String> bridge,
            @About("VLAN tag") Optional<Long> vlan,

            @About("whether the guest's firewall filters it")
            boolean firewall,

            @About("configured IPv4 address of a container, such as 10.0.0.5/24 or dhcp")
            Optional<String> ip) {}

    @About("snapshots of guests, a row each")
    record Snapshots(
            @About("guest id") long vmid,
            @About("snapshot name") String name,
            @About("snapshot it was made after") Optional<String> parent,
            @About("when it was taken") Optional<Instant> taken,

            @About("whether it holds the memory of a running VM")
            boolean vmstate,

            @About("description") Optional<String> description) {}

    @About("storages, a row for each node that has them; a shared one stands once per node")
    record Storages(
            @About("storage name") String storage,
            @About("node") String node,

            @About("kind, such as dir, lvmthin, zfspool, nfs, rbd or pbs")
            Optional<String> type,

            @About("available, or why not") String status,
            @About("bytes used") Optional<Long> used,
            @About("bytes in all") Optional<Long> total,
            @About("whether all nodes see the same content") boolean shared,

            @About("what it may hold, such as images,iso,backup")
            Optional<String> content) {}

    @About("everything that lies on the storages: disk images, ISOs, templates, backups, snippets")
    record Volumes(
            @About("volume id") String volid,
            @About("storage name") String storage,

            @About("node it was listed on; for shared storages one of them")
            String node,

            @About("images, rootdir, iso, vztmpl, backup, snippets or import")
            String content,

            @About("guest it belongs to") Optional<Long> vmid,
            @About("bytes") Optional<Long> size,
            @About("file format, such as qcow2 or raw") Optional<String> format,
            @About("when it was made") Optional<Instant> created) {}

    @About("backups that this account can see")
    record Backups(
            @About("volume id") String volid,
            @About("guest id") Optional<Long> vmid,
            @About("storage name") String storage,
            @About("when it was made") Optional<Instant> made,
            @About("bytes") Optional<Long> size,
            @About("whether it is protected from pruning") boolean isProtected,

            @About("what the last verification found: ok, failed or NULL for never")
            Optional<String> verified,

            @About("notes") Optional<String> notes) {}

    @About("tasks that run or ended lately on any node")
    record Tasks(
            @About("task id") String upid,
            @About("node that runs it") String node,
            @About("type, such as qmstart or vzdump") String type,
            @About("what it works on, often a guest id") Optional<String> object,
            @About("user or token that started it") String owner,
            @About("when it started") Instant started,
            @About("when it ended; NULL while it runs") Optional<Instant> ended,

            @About("OK, WARNINGS: n, the error; NULL while it runs")
            Optional<String> status) {}

    @About("pools")
    record Pools(
            @About("pool name") String pool,
            @About("comment") Optional<String> comment) {}

    @About("access rights, a row for each grant")
    record Acl(
            @About("path, such as /vms/100") String path,
            @About("user, group or token that has it") String who,
            @About("user, group or token") String kind,
            @About("role granted") String role,
            @About("whether it holds below the path too") boolean propagate) {}

    @About("scheduled backup jobs")
    record Jobs(
            @About("job id") String id,
            @About("whether it is switched on") boolean enabled,
            @About("calendar event") Optional<String> schedule,
            @About("storage it writes to") Optional<String> storage,

            @About("guest ids, comma separated; NULL where all or a pool are meant")
            Optional<String> vmids,

            @About("pool it takes") Optional<String> pool,

            @About("whether it takes all guests but the excluded")
            boolean everything,

            @About("guest ids left out, comma separated") Optional<String> excluded,
            @About("snapshot, suspend or stop") Optional<String> mode) {}

    @About("resources under high availability")
    record Ha(
            @About("resource id, such as vm:100") String sid,
            @About("guest id") Optional<Long> vmid,
            @About("state asked for") Optional<String> state,
            @About("group, on clusters before 9") Optional<String> haGroup,
            @About("restarts tried before it is moved") Optional<Long> maxRestart,
            @About("moves tried") Optional<Long> maxRelocate,
            @About("comment") Optional<String> comment) {}

    @About("averages and peaks of every guest over the last day")
    record Metrics(
            @About("guest id") long vmid,
            @About("mean CPU use, fraction of its CPUs") Optional<Double> cpuMean,
            @About("highest CPU use, fraction of its CPUs") Optional<Double> cpuMax,
            @About("mean memory used, bytes") Optional<Double> memMean,
            @About("most memory used, bytes") Optional<Double> memPeak,
            @About("mean bytes received a second") Optional<Double> netIn,
            @About("mean bytes sent a second") Optional<Double> netOut,
            @About("mean bytes read from disk a second") Optional<Double> diskRead,
            @About("mean bytes written to disk a second") Optional<Double> diskWrite) {}
}

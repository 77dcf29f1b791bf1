package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The little Debian inside a VM that its guest agent works on: files, services, processes that ran. Mutable; the
/// simulator's lock guards it.
public final class ToyHost {
    private final String name;
    /// Files by absolute path.
    private final TreeMap<String, byte[]> files = new TreeMap<>();
    /// Directories by absolute path, without a slash at the end.
    private final TreeMap<String, Boolean> directories = new TreeMap<>();
    /// Whether each service is active.
    public final SequencedMap<String, Boolean> services = new LinkedHashMap<>();
    /// What was started and has not been asked for to the end, by process id.
    public final Map<Long, ToyProcess> processes = new LinkedHashMap<>();

    public boolean frozen;
    private long nextPid = 162;

    ToyHost(String name) {
        this.name = name;
        for (var directory : new String[] {
            "/",
            "/etc",
            "/etc/systemd",
            "/root",
            "/home",
            "/tmp",
            "/var",
            "/var/log",
            "/srv",
            "/opt",
            "/usr",
            "/usr/bin"
        }) {
            directories.put(directory, true);
        }
        write("/etc/hostname", name + "\n");
        write("/etc/os-release", """
                PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
                NAME="Debian GNU/Linux"
                VERSION_ID="13"
                VERSION_CODENAME=trixie
                ID=debian
                """);
        write("/etc/passwd", """
                root:x:0:0:root:/root:/bin/bash
                www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
                debian:x:1000:1000:Debian:/home/debian:/bin/bash
                """);
        write("/etc/motd", "Welcome to " + name + "\n");
        write("/var/log/syslog", "systemd[1]: Startup finished.\n");
        for (var service : new String[] {"ssh", "cron", "systemd-journald", "qemu-guest-agent", "nginx"}) {
            services.put(service, true);
        }
    }

    public String name() {
        return name;
    }

    public long newPid() {
        nextPid += 2;
        return nextPid;
    }

    public Optional<byte[]> read(String path) {
        return Optional.ofNullable(files.get(path));
    }

    public boolean isDirectory(String path) {
        return directories.containsKey(path);
    }

    /// Whether a file can be made there.
    public boolean hasParent(String path) {
        int slash = path.lastIndexOf('/');
        return isDirectory(slash <= 0 ? "/" : path.substring(0, slash));
    }

    public void write(String path, byte[] content) {
        files.put(path, content.clone());
    }

    private void write(String path, String content) {
        write(path, content.getBytes(StandardCharsets.UTF_8));
    }

    public void makeDirectory(String path) {
        directories.put(path, true);
    }

    public boolean delete(String path) {
        return files.remove(path) != null;
    }

    /// The names directly below a directory, in order.
    public java.util.SortedSet<String> names(String directory) {
        var start = directory.equals("/") ? "/" : directory + "/";
        var names = new java.util.TreeSet<String>();
        for (var all : java.util.List.of(files.keySet(), directories.keySet())) {
            for (var path : all) {
                if (path.startsWith(start) && path.length() > start.length()) {
                    var rest = path.substring(start.length());
                    int slash = rest.indexOf('/');
                    names.add(slash < 0 ? rest : rest.substring(0, slash));
                }
            }
        }
        return names;
    }
}

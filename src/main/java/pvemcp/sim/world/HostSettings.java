package pvemcp.sim.world;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// The files of a host that the API reads and writes. Mutable; the simulator's lock guards it.
public final class HostSettings implements HasFields {
    public String search = "lab.example";
    public final List<String> nameServers = new ArrayList<>(List.of("192.0.2.1"));
    public String hosts;
    public String timezone = "Europe/Vienna";
    /// The node's own options, such as `description` and `wakeonlan`, as text.
    public final SequencedMap<String, String> options = new TreeMap<>();
    public final SequencedMap<String, Service> services = Service.usual();
    public SequencedMap<String, NetworkInterface> interfaces = new LinkedHashMap<>();
    /// The interfaces as they will be once the changes are applied; empty where nothing is to change.
    public Optional<SequencedMap<String, NetworkInterface>> pendingInterfaces = Optional.empty();
    public final List<Disk> disks = new ArrayList<>();
    /// The key of a subscription nobody has checked yet; empty: none.
    public Optional<String> subscription = Optional.empty();

    /// A disk of the host.
    ///
    /// @param size bytes
    /// @param type `ssd`, `hdd` or `nvme`
    /// @param used what is on it, such as `LVM` or `ZFS`; empty where it is free
    /// @param wearout percent of life that is left; 100 for a new one
    public record Disk(
            String device,
            String model,
            String serial,
            String vendor,
            String type,
            long size,
            String used,
            String health,
            int wearout) {
        static final Form<Disk> FORM = Form.value(
                new Disk("", "", "", "", "", 0, "", "", 100),
                (fields, disk) -> new Disk(
                        fields.text("device", disk.device),
                        fields.text("model", disk.model),
                        fields.text("serial", disk.serial),
                        fields.text("vendor", disk.vendor),
                        fields.text("type", disk.type),
                        fields.whole("size", disk.size),
                        fields.text("used", disk.used),
                        fields.text("health", disk.health),
                        fields.number("wearout", disk.wearout)));
    }

    HostSettings(String node, int id, String ip) {
        hosts = "127.0.0.1 localhost.localdomain localhost\n%s %s.lab.example %s\n".formatted(ip, node, node);
        put("vmbr0", bridge(ip));
        put("eno1", new LinkedHashMap<>(Map.of("type", "eth", "method", "manual", "priority", 3)));
        var serial = "S6P1NS0W%02d%04d".formatted(id, id * 37 % 10_000);
        disks.add(new Disk(
                "/dev/nvme0n1",
                "Samsung SSD 990 PRO 2TB",
                serial + "A",
                "unknown",
                "nvme",
                2_000_398_934_016L,
                "LVM",
                "PASSED",
                97));
        disks.add(new Disk(
                "/dev/sda",
                "WDC WD40EFPX-68C6CN0",
                "WD-WX" + serial,
                "ATA     ",
                "hdd",
                4_000_787_030_016L,
                "LVM",
                "PASSED",
                100));
    }

    private static Map<String, Object> bridge(String ip) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("type", "bridge");
        settings.put("method", "static");
        settings.put("method6", "manual");
        settings.put("families", List.of("inet"));
        settings.put("address", ip);
        settings.put("netmask", "24");
        settings.put("cidr", ip + "/24");
        settings.put("gateway", "192.0.2.1");
        settings.put("bridge_ports", "eno1");
        settings.put("bridge_stp", "off");
        settings.put("bridge_fd", "0");
        settings.put("autostart", 1);
        settings.put("priority", 4);
        return settings;
    }

    private void put(String name, Map<String, Object> settings) {
        settings.putIfAbsent("method6", "manual");
        settings.putIfAbsent("families", List.of("inet"));
        interfaces.put(name, NetworkInterface.of(name, settings));
    }

    /// What a change starts from: the pending interfaces, else the present ones.
    public SequencedMap<String, NetworkInterface> plannedInterfaces() {
        return pendingInterfaces.orElse(interfaces);
    }

    /// The interfaces file, as the pending changes are shown against it.
    public static String file(SequencedMap<String, NetworkInterface> interfaces) {
        var text = new StringBuilder();
        interfaces.forEach((name, device) -> {
            text.append("iface ").append(name).append(" inet ").append(setting(device, "method", "manual"));
            device.settings().forEach((key, value) -> {
                if (!List.of("method", "method6", "families", "type", "priority")
                        .contains(key)) {
                    text.append("\n\t")
                            .append(key.replace('_', '-'))
                            .append(' ')
                            .append(scalar(value));
                }
            });
            text.append("\n\n");
        });
        return text.toString();
    }

    private static String setting(NetworkInterface device, String key, String fallback) {
        return scalar(device.settings().getOrDefault(key, Json.str(fallback)));
    }

    private static String scalar(Json value) {
        return value.scalarText().orElse("");
    }

    @Override
    public void fields(Fields fields) {
        search = fields.text("search", search);
        fields.texts("nameServers", nameServers);
        hosts = fields.text("hosts", hosts);
        timezone = fields.text("timezone", timezone);
        fields.texts("options", options);
        fields.map("services", services, Service.FORM);
        interfaces = fields.value("interfaces", interfaces, NetworkInterface.FORM.map());
        pendingInterfaces = fields.maybe("pendingInterfaces", pendingInterfaces, NetworkInterface.FORM.map());
        fields.all("disks", disks, Disk.FORM);
        subscription = fields.maybe("subscription", subscription, Form.TEXT);
    }
}

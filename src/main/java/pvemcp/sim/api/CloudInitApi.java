package pvemcp.sim.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;

/// What a VM finds on its cloud-init drive (PVE::API2::Qemu, PVE::QemuServer::Cloudinit).
final class CloudInitApi {
    private static final String CLOUD_INIT = "/nodes/{node}/qemu/{vmid}/cloudinit";
    private static final List<String> KEYS =
            List.of("cicustom", "cipassword", "citype", "ciuser", "ciupgrade", "nameserver", "searchdomain", "sshkeys");

    /// Those that the listing leaves out.
    private static final List<String> UNLISTED = List.of("cicustom", "citype", "ciupgrade");

    private CloudInitApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, CLOUD_INIT, CloudInitApi::pending)
                .on(Verb.PUT, CLOUD_INIT, CloudInitApi::regenerate)
                .on(Verb.GET, CLOUD_INIT + "/dump", CloudInitApi::dump);
    }

    /// Writes the drive anew, from the present configuration.
    static void generate(Vm vm) {
        vm.onDrive.clear();
        KEYS.forEach(key -> {
            if (vm.config.containsKey(key)) {
                vm.onDrive.put(key, vm.config.get(key));
            }
        });
    }

    static boolean hasDrive(Vm vm) {
        return vm.disks().values().stream().anyMatch(Vm::isCloudInit);
    }

    private static Json pending(Request request) {
        var vm = GuestPaths.vm(request);
        var rows = new ArrayList<Json>();
        for (var key : KEYS) {
            var now = vm.config.get(key);
            var before = vm.isRunning() ? vm.onDrive.get(key) : now;
            boolean unknown = now == null && before == null;
            if (unknown || UNLISTED.contains(key)) {
                continue;
            }
            var row = new LinkedHashMap<String, Object>();
            row.put("key", key);
            if (before != null) {
                row.put("value", shown(key, before));
            }
            if (now == null) {
                row.put("delete", 1);
            } else if (!now.equals(before)) {
                row.put("pending", shown(key, now));
            }
            rows.add(Json.of(row));
        }
        return new Json.Arr(rows);
    }

    private static String shown(String key, String value) {
        return key.equals("cipassword") ? "**********" : value;
    }

    private static Json regenerate(Request request) {
        var vm = GuestPaths.vm(request);
        vm.requireUnlocked();
        generate(vm);
        return Json.Null.NULL;
    }

    private static Json dump(Request request) {
        var vm = GuestPaths.vm(request);
        return Json.str(
                switch (request.text("type")) {
                    case "user" -> user(vm);
                    case "network" -> network(vm);
                    default -> "instance-id: %s\n".formatted(Guest.sha1(user(vm) + network(vm)));
                });
    }

    private static String user(Vm vm) {
        var text = new StringBuilder("#cloud-config\nhostname: %s\nmanage_etc_hosts: true\n".formatted(vm.name()));
        var domain = vm.config.get("searchdomain");
        if (domain != null) {
            text.append("fqdn: ").append(vm.name()).append('.').append(domain).append('\n');
        }
        line(text, vm, "user", "ciuser");
        line(text, vm, "password", "cipassword");
        var keys = vm.config.get("sshkeys");
        if (keys != null) {
            text.append("ssh_authorized_keys:\n");
            decode(keys)
                    .lines()
                    .filter(key -> !key.isBlank())
                    .forEach(key -> text.append("  - ").append(key).append('\n'));
        }
        text.append("chpasswd:\n  expire: False\nusers:\n  - default\n");
        if (!vm.config.getOrDefault("ciupgrade", "1").equals("0")) {
            text.append("package_upgrade: true\n");
        }
        return text.toString();
    }

    private static void line(StringBuilder text, Vm vm, String name, String key) {
        var value = vm.config.get(key);
        if (value != null) {
            text.append(name).append(": ").append(value).append('\n');
        }
    }

    private static String decode(String keys) {
        return URLDecoder.decode(keys.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// A 500 where these are not public keys (PVE::Tools::validate_ssh_public_keys).
    static void requireKeys(String encoded) {
        LxcApi.requireKeys(decode(encoded));
    }

    private static String network(Vm vm) {
        var text = new StringBuilder("version: 1\nconfig:\n");
        vm.config.forEach((key, value) -> {
            if (!key.matches("net\\d+")) {
                return;
            }
            var address = vm.config.get("ipconfig" + key.substring(3));
            if (address == null) {
                return;
            }
            var mac = PropertyString.parse(value, "model").parts().values().stream()
                    .filter(part -> part.length() == 17)
                    .findFirst()
                    .orElse("")
                    .toLowerCase(Locale.ROOT);
            text.append("    - type: physical\n      name: eth%s\n      mac_address: '%s'\n      subnets:\n"
                    .formatted(key.substring(3), mac));
            subnets(text, PropertyString.parse(address, "ip"));
        });
        var server = vm.config.get("nameserver");
        var domain = vm.config.get("searchdomain");
        if (server != null || domain != null) {
            text.append("    - type: nameserver\n");
            list(text, "address", server);
            list(text, "search", domain);
        }
        return text.toString();
    }

    private static void list(StringBuilder text, String name, String values) {
        if (values != null) {
            text.append("      ").append(name).append(":\n");
            Request.split(values)
                    .forEach(value -> text.append("      - '").append(value).append("'\n"));
        }
    }

    private static void subnets(StringBuilder text, PropertyString address) {
        address.get("ip").ifPresent(ip -> {
            if (ip.equals("dhcp")) {
                text.append("      - type: dhcp4\n");
                return;
            }
            var parts = ip.split("/");
            int bits = Integer.parseInt(parts[1]);
            long mask = bits == 0 ? 0 : 0xFFFFFFFFL << (32 - bits);
            text.append("      - type: static\n        address: '%s'\n        netmask: '%d.%d.%d.%d'\n"
                    .formatted(parts[0], (mask >> 24) & 255, (mask >> 16) & 255, (mask >> 8) & 255, mask & 255));
            address.get("gw").ifPresent(gateway -> text.append("        gateway: '%s'\n".formatted(gateway)));
        });
        address.get("ip6")
                .ifPresent(ip -> text.append(
                        switch (ip) {
                            case "dhcp" -> "      - type: dhcp6\n";
                            case "auto" -> "      - type: ipv6_slaac\n";
                            default -> "      - type: static6\n        address: '%s'\n".formatted(ip);
                        }));
    }

    /// There is one such drive, or none (PVE::API2::Qemu).
    static void requireOnlyDrive(Guest guest, String key, PropertyString drive) {
        if (!Vm.isCloudInit(drive)) {
            return;
        }
        guest.disks().forEach((other, attached) -> {
            if (Vm.isCloudInit(attached) && !other.equals(key)) {
                throw new SimError("%s - cloud-init drive is already attached at '%s'".formatted(key, other));
            }
        });
    }
}

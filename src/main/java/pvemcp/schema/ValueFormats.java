package pvemcp.schema;

import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// The formats that PVE checks by code rather than by declaration, each with the words it refuses a value with.
///
/// What only the host can know passes here: names in its `/etc/services`, its custom CPU models. So does a format
/// this version has not heard of, since PVE itself will judge it.
final class ValueFormats {
    private static final String NODE = "[a-zA-Z0-9]([a-zA-Z0-9\\-]*[a-zA-Z0-9])?";
    private static final String USER = "[^\\s:/]+";
    private static final String REALM = "[A-Za-z][A-Za-z0-9\\.\\-_]+";
    private static final String MAILBOX = "[\\w\\+\\-\\~]+(\\.[\\w\\+\\-\\~]+)*";
    private static final String ALIAS = "[A-Za-z][A-Za-z0-9\\-\\_]+";

    private final Rules rules;
    private final StorageWords storage;
    private final VmWords vm;

    ValueFormats(Rules rules) {
        this.rules = rules;
        this.storage = new StorageWords(rules);
        this.vm = new VmWords(rules);
    }

    /// What PVE says against the value; empty where it would take it.
    ///
    /// @param format a format's name, also with the endings `-list` (each element, of which there may be none)
    ///     and `-opt` (where there is a value)
    Optional<String> complaint(String format, String value) {
        if (format.endsWith("-list")) {
            var single = format.substring(0, format.length() - "-list".length());
            return WordList.elements(value).stream()
                    .map(element -> single(single, element))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        if (format.endsWith("-opt")) {
            boolean given = !value.isEmpty() && !value.equals("0");
            return given ? single(format.substring(0, format.length() - "-opt".length()), value) : Optional.empty();
        }
        return single(format, value);
    }

    /// What PVE says against the keys of a named property string together, once each of them is right.
    Optional<String> complaintOverKeys(String format, Json.Obj value) {
        return switch (format) {
            case "prune-backups" -> pruneBackups(value);
            case "pve-vm-cpu-conf" -> vm.cpu(value);
            default -> Optional.empty();
        };
    }

    private Optional<String> single(String format, String value) {
        return switch (format) {
            // PVE::JSONSchema
            case "urlencoded" ->
                unless(matches("[-%a-zA-Z0-9_.!~*'()]*", value), "invalid urlencoded string: " + value);
            case "pve-configid" ->
                unless(matches("(?^i:[a-z][a-z0-9_-]+)", value), "invalid configuration ID '" + value + "'");
            case "pve-storage-id" -> identifier("storage", value);
            case "pve-bridge-id" -> unless(matches("[-_.\\w\\d]+", value), "invalid bridge ID '" + value + "'");
            case "acme-plugin-id" -> identifier("ACME plugin", value);
            case "pve-vmid" -> unless(matches("[1-9][0-9]{2,8}", value), "value does not look like a valid VM ID");
            case "pve-node" -> unless(matches("(" + NODE + ")", value), "value does not look like a valid node name");
            case "storage-pair" -> pair(value, "pve-storage-id");
            case "bridge-pair" -> pair(value, "pve-bridge-id");
            case "mac-addr" ->
                unless(
                        matches("(?^i:[a-f0-9][02468ace](?::[a-f0-9]{2}){5})", value),
                        "value does not look like a valid unicast MAC address");
            case "ipv4" -> unless(Addresses.isIpv4(value), "value does not look like a valid IPv4 address");
            case "ipv6" -> unless(Addresses.isIpv6(value), "value does not look like a valid IPv6 address");
            case "ip" -> unless(Addresses.isIp(value), "value does not look like a valid IP address");
            case "ldap-simple-attr" ->
                unless(
                        matches("[a-zA-Z0-9]+", value),
                        "value '" + value + "' does not look like a simple ldap attribute name");
            case "ipv4mask" -> unless(Addresses.isMask(value), "value does not look like a valid IP netmask");
            case "CIDRv4" -> unless(Addresses.isNetwork4(value), "value does not look like a valid IPv4 CIDR network");
            case "CIDRv6" -> unless(Addresses.isNetwork6(value), "value does not look like a valid IPv6 CIDR network");
            case "CIDR" -> unless(Addresses.isNetwork(value), "value does not look like a valid CIDR network");
            case "pve-ipv4-config" ->
                unless(
                        oneOf(value, "dhcp", "manual") || Addresses.isNetwork4(value),
                        "value does not look like a valid ipv4 network configuration");
            case "pve-ipv6-config" ->
                unless(
                        oneOf(value, "auto", "dhcp", "manual") || Addresses.isNetwork6(value),
                        "value does not look like a valid ipv6 network configuration");
            case "email" -> unless(isMail(value), "value does not look like a valid email address");
            case "email-or-username" ->
                unless(
                        isMail(value) || matches(MAILBOX, value),
                        "value does not look like a valid email address or user name");
            case "dns-name" -> unless(Addresses.isDnsName(value), "value does not look like a valid DNS name");
            case "pve-iface" -> unless(isInterface(value), "invalid network interface name '" + value + "'");
            case "pve-vlan-id-or-range" -> vlans(value);
            case "address" ->
                unless(
                        Addresses.isIp(value) || Addresses.isDnsName(value),
                        "value does not look like a valid address: " + value);
            case "disk-size" ->
                unless(
                        matches("(\\d+(\\.\\d+)?)([KMGT](?:iB)?)?", value),
                        "value does not look like a valid disk size: " + value);
            case "pve-startup-order" -> unless(isStartupOrder(value), "unable to parse startup options");
            case "pve-tag" -> unless(matches("(?^i:[a-z0-9_][a-z0-9_\\-\\+\\.]*)", value), "invalid characters in tag");
            case "pve-task-status-type" ->
                unless(matches("(?^i:ok|error|warning|unknown)", value), "invalid status '" + value + "'");
            // PVE::CalendarEvent, PVE::Certificate, PVE::CpuSet
            case "pve-calendar-event" ->
                unless(
                        CalendarEvent.isValid(value),
                        "invalid calendar event '" + value + "' - unable to parse calendar event"
                                + (value.isBlank() ? " - event is empty\n" : "\n"));
            case "pem-certificate", "pem-certificate-chain", "pem-string" ->
                unless(Pem.fits(format, value), "not a valid PEM-formatted string.");
            case "pve-cpuset" -> unless(isCpuSet(value), "unable to parse cpuset option");
            // PVE::AccessControl, PVE::Auth::Plugin
            case "pve-tokenid" ->
                unless(
                        matches(USER + "\\@" + REALM + "!" + REALM, value),
                        "value '" + value + "' does not look like a valid token ID");
            case "pve-groupid" ->
                unless(matches("[A-Za-z0-9\\.\\-_]+", value), "group name '" + value + "' contains invalid characters");
            case "pve-roleid" ->
                unless(matches("[A-Za-z0-9\\.\\-_]+", value), "role name '" + value + "' contains invalid characters");
            case "pve-poolid" -> pool(value);
            case "pve-priv" -> unless(rules.words("pve-priv").contains(value), "invalid privilege '" + value + "'");
            case "pve-realm" -> unless(matches(REALM, value), "value does not look like a valid realm");
            case "pve-userid" -> user(value);
            // PVE::DataCenterConfig, PVE::LXC::Config
            case "mac-prefix" ->
                unless(
                        matches("(?^i:[a-f0-9][02468ace](?::[a-f0-9]{2}){0,2}(?::[a-f0-9]?)?)", value),
                        "value is not a valid unicast MAC address prefix");
            case "lxc-ip-with-ll-iface" ->
                unless(
                        Addresses.isIp(value) || isLinkLocalWithInterface(value),
                        "value does not look like a valid IP address");
            case "pve-ct-timezone" ->
                unless(value.equals("host") || isTimeZone(value), "invalid time zone '" + value + "'");
            case "pve-lxc-mp-string" ->
                unless(!found("/\\.\\.?/|/\\.\\.?$|^\\.\\./", value), value + " contains illegal character sequences");
            case "pve-lxc-dev-string" ->
                unless(
                        value.startsWith("/dev/") && !found("/\\.\\.?(?:/|$)", value),
                        value + " is not a valid device path");
            // PVE::Firewall
            case "IPorCIDR" ->
                unless(Addresses.isIpOrNetwork(value), "value does not look like a valid IP address or CIDR network");
            case "IPorCIDRorAlias" ->
                unless(
                        matches("(dc/|guest/)?(?:" + ALIAS + ")", value) || Addresses.isIpOrNetwork(value),
                        "value does not look like a valid IP address or CIDR network");
            case "pve-fw-conntrack-helper" -> FirewallWords.helpers(value);
            case "pve-fw-sport-spec" -> FirewallWords.ports(value, false);
            case "pve-fw-dport-spec" -> FirewallWords.ports(value, true);
            case "pve-fw-addr-spec" -> FirewallWords.addresses(value, matches("(dc/|guest/)?" + ALIAS, value));
            case "pve-fw-protocol-spec" -> FirewallWords.protocol(value);
            case "pve-fw-icmp-type-spec" -> FirewallWords.icmpType(value);
            // PVE::Mapping::Dir, PVE::ReplicationConfig, PVE::HA::Tools
            case "pve-storage-path-in-property-string" ->
                unless(
                        found("^/[^;,=\\(\\)]+", value),
                        "Value does not look like a valid absolute path."
                                + " These symbols are currently not allowed in path: ;,=()");
            case "pve-replication-job-id" -> replicationJob(value);
            case "pve-ha-resource-id" ->
                unless(matches("[a-z]+:\\S+", value), "value does not look like a valid ha resource id");
            case "pve-ha-resource-or-vm-id" ->
                unless(matches("([a-z]+:\\S+|\\d+)", value), "value does not look like a valid ha resource id");
            case "pve-ha-node" ->
                unless(matches("(" + NODE + ")(:\\d+)?", value), "value does not look like a valid ha node");
            case "pve-ha-group-node" ->
                unless(matches("(" + NODE + ")(:\\d+)?", value), "value does not look like a valid ha group node");
            // pve-manager
            case "pve-day-of-week" ->
                unless(oneOf(value, "mon", "tue", "wed", "thu", "fri", "sat", "sun"), "invalid day '" + value + "'");
            case "pve-command-batch" -> batch(value);
            case "pve-acme-domain" ->
                unless(
                        matches("(?^i:[a-z0-9][a-z0-9_-]*(?:\\.[a-z0-9][a-z0-9_-]*)+)", value),
                        "value '" + value + "' does not look like a valid domain name!");
            case "pve-acme-alias" ->
                unless(
                        matches("(?^i:[a-z0-9_][a-z0-9_-]*(?:\\.[a-z0-9_][a-z0-9_-]*)+)", value),
                        "value '" + value + "' does not look like a valid alias name!");
            case "graphite-path" ->
                unless(Addresses.isDnsName(value), "value does not look like a valid graphite path");
            // pve-network; the first five are of 8.x
            case "pve-sdn-zone-id" -> sdnId("zone", value, 8);
            case "pve-sdn-vnet-id" -> sdnId("vnet", value, 8);
            case "pve-sdn-dns-id" -> sdnId("dns", value, Integer.MAX_VALUE);
            case "pve-sdn-ipam-id" -> sdnId("ipam", value, Integer.MAX_VALUE);
            case "pve-sdn-controller-id" ->
                unless(
                                matches("(?^i:[a-z][a-z0-9_-]*[a-z0-9])", value),
                                "controller ID '" + value + "' contains illegal characters")
                        .or(() -> unless(
                                value.length() <= 64,
                                "controller ID '" + value + "' can't be more length than 64 characters"));
            case "pve-sdn-isis-net" ->
                unless(
                        matches("[a-fA-F0-9]{2}(\\.[a-fA-F0-9]{4}){3,9}\\.[a-fA-F0-9]{2}", value),
                        "value does not look like a valid isis net");
            case "pve-sdn-fabric-id" ->
                unless(
                        matches("[a-zA-Z0-9][a-zA-Z0-9-]{0,6}[a-zA-Z0-9]?", value),
                        "Fabric ID '" + value + "' contains illegal characters");
            case "pve-sdn-subnet-id" -> subnet(value);
            case "pve-sdn-bgp-rt" -> unless(isRouteTarget(value), "value does not look like a valid bgp route-target");
            // PVE::Storage::Plugin and its kin
            case "pve-storage-path" ->
                unless(found("^/[^;\\(\\)]+", value), "value does not look like a valid absolute path");
            case "pve-storage-server" ->
                unless(
                        Addresses.isIp(value) || Addresses.isDnsName(value),
                        "value does not look like a valid server name or IP address");
            case "pve-storage-vgname" ->
                unless(
                        matches("(?^i:[a-z0-9][a-z0-9\\-\\_\\.]*[a-z0-9])", value),
                        "lvm name '" + value + "' contains illegal characters");
            case "pve-storage-portal-dns" ->
                unless(Addresses.isHostAndPort(value), "value does not look like a valid portal address");
            case "pve-storage-content" -> unless(StorageWords.isContent(value), "invalid content type '" + value + "'");
            case "pve-storage-format" ->
                unless(oneOf(value, "raw", "qcow2", "vmdk", "subvol"), "invalid format '" + value + "'");
            case "pve-storage-options" -> unless(matches("\\S+", value), "invalid options '" + value + "'");
            case "pve-volume-id" -> unless(storage.isVolume(value), "unable to parse volume ID '" + value + "'");
            case "pve-dir-override" -> storage.directory(value);
            case "pve-storage-zfs-blocksize" -> storage.blockSize(value);
            // PVE::QemuServer
            case "pve-volume-id-or-absolute-path" ->
                unless(value.startsWith("/") || storage.isVolume(value), "unable to parse volume ID '" + value + "'");
            case "pve-volume-id-or-qm-path" ->
                unless(
                        oneOf(value, "none", "cdrom") || value.startsWith("/") || storage.isVolume(value),
                        "unable to parse volume ID '" + value + "'");
            case "pve-qm-bootdev" -> unless(vm.isBootDevice(value), "invalid boot device '" + value + "'");
            case "pve-qm-bootdisk" ->
                unless(vm.isDrive(value) || oneOf(value, "efidisk0", "tpmstate0"), "invalid boot disk '" + value + "'");
            case "pve-hotplug-features" -> VmWords.hotplug(value);
            case "pve-phys-bits" ->
                unless(
                        value.equals("host") || (Numbers.isBetween(value, 8, 64) && value.length() <= 2),
                        "value must be an integer between 8 and 64 or 'host'");
            default -> Optional.empty();
        };
    }

    private boolean matches(String perl, String value) {
        return rules.matches(perl, value);
    }

    private boolean found(String perl, String value) {
        return rules.finds(perl, value);
    }

    private static Optional<String> unless(boolean fits, String complaint) {
        return fits ? Optional.empty() : Optional.of(complaint);
    }

    private static boolean oneOf(String value, String... words) {
        return List.of(words).contains(value);
    }

    private Optional<String> identifier(String what, String value) {
        if (value.codePointCount(0, value.length()) < 2) {
            return Optional.of(what + " ID '" + value + "' cannot be shorter than 2 characters");
        }
        return unless(
                matches("(?^i:" + StorageWords.ID + ")", value),
                what + " ID '" + value + "' contains illegal characters");
    }

    private Optional<String> pair(String value, String format) {
        if (value.equals("1")) {
            return Optional.empty();
        }
        int colon = value.indexOf(':');
        boolean two = colon > 0 && colon < value.length() - 1 && value.indexOf(':', colon + 1) < 0;
        Function<String, Optional<String>> judge =
                id -> single(format, id).map(why -> "entry '" + value + "' contains invalid ID - " + why + "\n\n");
        return two
                ? judge.apply(value.substring(0, colon)).or(() -> judge.apply(value.substring(colon + 1)))
                : judge.apply(value);
    }

    private boolean isMail(String value) {
        return matches(MAILBOX + "@[a-zA-Z0-9\\-]+(\\.[a-zA-Z0-9\\-]+)*", value);
    }

    private boolean isInterface(String value) {
        return matches("(?^i:[a-z][a-z0-9_]{1,20}([:\\.]\\d+)?)", value);
    }

    private boolean isLinkLocalWithInterface(String value) {
        int percent = value.indexOf('%');
        return percent > 0
                && value.startsWith("fe80:")
                && Addresses.isIp(value.substring(0, percent))
                && isInterface(value.substring(percent + 1));
    }

    private Optional<String> vlans(String value) {
        if (!matches("(\\d+)(?:-(\\d+))?", value)) {
            return Optional.of("invalid VLAN configuration '" + value + "'");
        }
        int dash = value.indexOf('-');
        var start = dash < 0 ? value : value.substring(0, dash);
        var end = dash < 0 ? "" : value.substring(dash + 1);
        Predicate<String> isTag = tag -> Numbers.isBetween(tag, 2, 4094);
        if (!isTag.test(start)) {
            return Optional.of("invalid VLAN tag '" + start + "'");
        }
        if (end.isEmpty()) {
            return Optional.empty();
        }
        if (!isTag.test(end)) {
            return Optional.of("invalid VLAN tag '" + end + "'");
        }
        return unless(
                Integer.parseInt(start) < Integer.parseInt(end),
                "VLAN range must go from lower to higher tag '" + value + "'");
    }

    private boolean isStartupOrder(String value) {
        if (value.isEmpty() || value.equals("0")) {
            return false;
        }
        for (var part : value.split(",")) {
            if (!part.isBlank() && !matches("((order=)?(\\d+)|up=(\\d+)|down=(\\d+))", part)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isCpuSet(String value) {
        for (var part : value.split(",")) {
            var range = part.strip().split("-", -1);
            boolean numbers =
                    range.length <= 2 && List.of(range).stream().allMatch(n -> Numbers.isBetween(n, 0, 1_000_000));
            if (!numbers || (range.length == 2 && Integer.parseInt(range[1]) < Integer.parseInt(range[0]))) {
                return false;
            }
        }
        return true;
    }

    private Optional<String> pool(String value) {
        // Perl's split drops empty fields at the end.
        int levels = value.replaceAll("/+$", "").split("/", -1).length;
        if (levels > 3) {
            return Optional.of("pool name '" + value + "' nested too deeply (max levels = 3)");
        }
        return unless(
                matches("[A-Za-z0-9\\.\\-_]+(?:/[A-Za-z0-9\\.\\-_]+){0,2}", value),
                "pool name '" + value + "' contains invalid characters");
    }

    private Optional<String> user(String given) {
        var value = given.equals("0") ? "" : given;
        int length = value.codePointCount(0, value.length());
        if (length < 3) {
            return Optional.of("user name '" + value + "' is too short");
        }
        if (length > 64) {
            return Optional.of("user name '" + value + "' is too long (" + length + " > 64)");
        }
        return unless(
                matches("(" + USER + ")\\@(" + REALM + ")", value),
                "value '" + value + "' does not look like a valid user name");
    }

    private static boolean isTimeZone(String value) {
        // PVE asks zone.tab, which names places, not offsets or former names.
        return value.equals("UTC")
                || (value.indexOf('/') > 0
                        && !value.startsWith("Etc/")
                        && !value.startsWith("SystemV/")
                        && !value.startsWith("US/")
                        && ZoneId.getAvailableZoneIds().contains(value));
    }

    private Optional<String> replicationJob(String value) {
        var wrong = "invalid replication job id '" + value + "'";
        if (!matches("(\\d+)-(\\d+)", value)) {
            return Optional.of(wrong);
        }
        var guest = value.substring(0, value.indexOf('-'));
        return unless(!Numbers.isBetween(guest, 0, 99), wrong + " (guest IDs < 100 are reserved)");
    }

    private static Optional<String> batch(String value) {
        try {
            return unless(
                    Json.parse(value) instanceof Json.Arr,
                    "commands is not a valid array of commands: type check ('array') failed");
        } catch (JsonException e) {
            return Optional.of("commands param did not contain valid JSON: " + e.getMessage());
        }
    }

    private Optional<String> sdnId(String what, String value, int longest) {
        if (!matches("(?^i:[a-z][a-z0-9]*[a-z0-9])", value)) {
            return Optional.of(what + " ID '" + value + "' contains illegal characters");
        }
        return unless(
                value.length() <= longest,
                what + " ID '" + value + "' can't be more length than " + longest + " characters");
    }

    private static Optional<String> subnet(String value) {
        var network = value;
        if (value.indexOf('/') < 0) {
            var parts = value.split("-");
            network = (parts.length > 1 ? parts[1] : "") + "/" + (parts.length > 2 ? parts[2] : "");
        }
        return unless(Addresses.isNetwork(network), "value does not look like a valid CIDR network");
    }

    private static boolean isRouteTarget(String value) {
        var parts = value.split(":", -1);
        return parts.length == 2
                && Numbers.isBetween(parts[0], 0, 4294967295L)
                && Numbers.isBetween(parts[1], 0, 4294967295L);
    }

    private static Optional<String> pruneBackups(Json.Obj value) {
        boolean keepsSome = value.members().entrySet().stream()
                .anyMatch(keep -> !keep.getKey().equals("keep-all")
                        && value.number(keep.getKey()).orElse(0.0) > 0);
        return unless(
                !(keepsSome && value.flag("keep-all").orElse(false)),
                "keep-all cannot be set together with other options.");
    }
}

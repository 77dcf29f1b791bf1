package pvemcp.schema;

import java.time.ZoneId;
import java.util.ArrayList;
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
    private static final String STORAGE_ID = "[a-z][a-z0-9\\-\\_\\.]*[a-z0-9]";

    private final Rules rules;

    ValueFormats(Rules rules) {
        this.rules = rules;
    }

    /// What PVE says against the value; empty where it would take it.
    ///
    /// @param format a format's name, also with the endings `-list` (each element, of which there may be none)
    ///     and `-opt` (where there is a value)
    Optional<String> complaint(String format, String value) {
        if (format.endsWith("-list")) {
            var single = format.substring(0, format.length() - "-list".length());
            return elements(value).stream()
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
            case "pve-vm-cpu-conf" -> cpu(value);
            default -> Optional.empty();
        };
    }

    /// PVE::ParseUtils::split_list: at NUL where there is one, else at commas, semicolons and white space.
    static List<String> elements(String value) {
        boolean nul = value.indexOf('\0') >= 0;
        var elements = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            char c = i == value.length() ? (nul ? '\0' : ' ') : value.charAt(i);
            boolean cut = nul ? c == '\0' : c == ',' || c == ';' || c == ' ' || (c >= '\t' && c <= '\r');
            if (cut) {
                if (i > start) {
                    elements.add(value.substring(start, i));
                }
                start = i + 1;
            }
        }
        return elements;
    }

    /// The elements of what may be a list, if it is one in another spelling than `a,b`.
    static Optional<List<String>> oddlyListed(Json value) {
        return switch (value) {
            case Json.Arr(var items) ->
                Optional.of(items.stream()
                        .flatMap(item -> item.scalarText().stream())
                        .flatMap(text -> elements(text).stream())
                        .toList());
            case Json.Str(var text) when text.chars().anyMatch(c -> c <= ' ') -> Optional.of(elements(text));
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
                unless(isPem(format, value), "not a valid PEM-formatted string.");
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
            case "pve-storage-content" -> unless(isContent(value), "invalid content type '" + value + "'");
            case "pve-storage-format" ->
                unless(oneOf(value, "raw", "qcow2", "vmdk", "subvol"), "invalid format '" + value + "'");
            case "pve-storage-options" -> unless(matches("\\S+", value), "invalid options '" + value + "'");
            case "pve-volume-id" -> unless(isVolume(value), "unable to parse volume ID '" + value + "'");
            case "pve-dir-override" -> directory(value);
            case "pve-storage-zfs-blocksize" -> blockSize(value);
            // PVE::QemuServer
            case "pve-volume-id-or-absolute-path" ->
                unless(value.startsWith("/") || isVolume(value), "unable to parse volume ID '" + value + "'");
            case "pve-volume-id-or-qm-path" ->
                unless(
                        oneOf(value, "none", "cdrom") || value.startsWith("/") || isVolume(value),
                        "unable to parse volume ID '" + value + "'");
            case "pve-qm-bootdev" ->
                unless(
                        isDrive(value) || isIndexed(value, List.of("net", "usb", "hostpci")),
                        "invalid boot device '" + value + "'");
            case "pve-qm-bootdisk" ->
                unless(isDrive(value) || oneOf(value, "efidisk0", "tpmstate0"), "invalid boot disk '" + value + "'");
            case "pve-hotplug-features" -> hotplug(value);
            case "pve-phys-bits" ->
                unless(
                        value.equals("host") || (isBetween(value, 8, 64) && value.length() <= 2),
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

    private static boolean isBetween(String value, long least, long most) {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        long number = Long.parseLong(value);
        return number >= least && number <= most;
    }

    private Optional<String> identifier(String what, String value) {
        if (value.codePointCount(0, value.length()) < 2) {
            return Optional.of(what + " ID '" + value + "' cannot be shorter than 2 characters");
        }
        return unless(
                matches("(?^i:" + STORAGE_ID + ")", value), what + " ID '" + value + "' contains illegal characters");
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
        Predicate<String> isTag = tag -> isBetween(tag, 2, 4094);
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

    private static boolean isPem(String format, String value) {
        int start = value.indexOf("-----BEGIN ");
        if (start < 0) {
            return false;
        }
        int certificates = 0;
        for (int at = start; at < value.length(); ) {
            int labelEnd = value.indexOf("-----", at + 11);
            if (!value.startsWith("-----BEGIN ", at) || labelEnd < 0) {
                return false;
            }
            var label = value.substring(at + 11, labelEnd);
            var closing = "-----END " + label + "-----";
            int end = value.indexOf(closing, labelEnd + 5);
            boolean known = format.equals("pem-string") || label.equals("CERTIFICATE");
            if (!known || end < 0 || !isBase64(value.substring(labelEnd + 5, end))) {
                return false;
            }
            certificates++;
            at = end + closing.length();
            while (at < value.length() && value.charAt(at) <= ' ') {
                at++;
            }
        }
        return certificates == 1 || format.equals("pem-certificate-chain");
    }

    private static boolean isBase64(String text) {
        return text.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '+'
                        || c == '/'
                        || c == '='
                        || c <= ' ');
    }

    private static boolean isCpuSet(String value) {
        for (var part : value.split(",")) {
            var range = part.strip().split("-", -1);
            boolean numbers = range.length <= 2 && List.of(range).stream().allMatch(n -> isBetween(n, 0, 1_000_000));
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
        return unless(!isBetween(guest, 0, 99), wrong + " (guest IDs < 100 are reserved)");
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
        return parts.length == 2 && isBetween(parts[0], 0, 4294967295L) && isBetween(parts[1], 0, 4294967295L);
    }

    private static boolean isContent(String value) {
        return oneOf(value, "images", "rootdir", "vztmpl", "iso", "backup", "snippets", "none", "import");
    }

    private boolean isVolume(String value) {
        return matches("(?^i:" + STORAGE_ID + "):(.+)", value);
    }

    private Optional<String> directory(String value) {
        var wrong = "invalid override '" + value + "'";
        int equals = value.indexOf('=');
        if (equals < 1 || !matches("[a-z]+", value.substring(0, equals))) {
            return Optional.of(wrong);
        }
        var content = value.substring(0, equals);
        var path = value.substring(equals + 1);
        // `[^.]*(?:\.?[^.]+)+`: not empty, no two dots in a row, none at the end.
        if (path.isEmpty() || path.contains("..") || path.endsWith(".")) {
            return Optional.of(wrong);
        }
        if (!isContent(content)) {
            return Optional.of("invalid content type '" + content + "'");
        }
        boolean fits = path.length() < 1023 && List.of(path.split("/")).stream().allMatch(name -> name.length() < 255);
        return unless(fits, wrong);
    }

    private Optional<String> blockSize(String value) {
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!matches("(?^i:([1-9][0-9]{0,9})([km])?)", value)) {
            return Optional.of("invalid ZFS blocksize format '" + value
                    + "'. Use a positive number (no leading zeros) with an optional 'k' or 'm' suffix.");
        }
        char unit = Character.toLowerCase(value.charAt(value.length() - 1));
        boolean bare = Character.isDigit(unit);
        long number = Long.parseLong(bare ? value : value.substring(0, value.length() - 1));
        long bytes = number * (unit == 'k' ? 1024 : unit == 'm' ? 1024 * 1024 : 1);
        return unless(
                bytes >= 512 && bytes <= 16 * 1024 * 1024 && Long.bitCount(bytes) == 1,
                "value '" + value + "' is not a valid ZFS blocksize. Must be a power of 2 between 512B and 16MiB"
                        + " (e.g., 4k, 8k, 16k, 64k, 1m).");
    }

    private boolean isDrive(String value) {
        return isIndexed(value, List.of("ide", "sata", "scsi", "virtio"));
    }

    private boolean isIndexed(String value, List<String> stems) {
        for (var stem : stems) {
            var index = value.startsWith(stem) ? value.substring(stem.length()) : "";
            boolean canonical = index.length() == 1 || (index.length() > 1 && index.charAt(0) != '0');
            if (canonical && isBetween(index, 0, rules.highest(stem))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> hotplug(String value) {
        return value.equals("0") || value.equals("1")
                ? Optional.empty()
                : elements(value).stream()
                        .filter(feature -> !oneOf(feature, "network", "disk", "cpu", "memory", "usb", "cloudinit"))
                        .findFirst()
                        .map(feature -> "invalid hotplug feature '" + feature + "'");
    }

    private static Optional<String> pruneBackups(Json.Obj value) {
        boolean keepsSome = value.members().entrySet().stream()
                .anyMatch(keep -> !keep.getKey().equals("keep-all")
                        && value.number(keep.getKey()).orElse(0.0) > 0);
        return unless(
                !(keepsSome && value.flag("keep-all").orElse(false)),
                "keep-all cannot be set together with other options.");
    }

    private Optional<String> cpu(Json.Obj value) {
        var type = value.text("cputype").orElse("");
        if (type.isEmpty()) {
            return Optional.of("CPU is missing cputype");
        }
        if (!type.startsWith("custom-") && !rules.words("cpu-model").contains(type)) {
            return Optional.of("Built-in cputype '" + type + "' is not defined (missing 'custom-' prefix?)");
        }
        var supported = rules.words("cpu-flag");
        for (var flag : value.text("flags").orElse("").split(";")) {
            if (!flag.isEmpty() && !supported.contains(flag.substring(1))) {
                return Optional.of("VM-specific CPU flags must be a subset of: " + String.join(", ", supported));
            }
        }
        return unless(!value.has("reported-model"), "Property 'reported-model' not allowed in VM-specific CPU config.");
    }
}

package pvemcp.schema;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The values of firewall rules, as PVE::Firewall judges them.
final class FirewallWords {
    private static final List<String> HELPERS =
            List.of("amanda", "ftp", "irc", "netbios-ns", "pptp", "sane", "sip", "snmp", "tftp");

    // Debian's /etc/protocols (netbase), names and numbers, and PVE's own icmpv6.
    private static final Set<String> PROTOCOLS = words("""
            ip 0 hopopt icmp 1 igmp 2 ggp 3 ipencap 4 st 5 tcp 6 egp 8 igp 9 pup 12 udp 17 hmp 20 \
            xns-idp 22 rdp 27 iso-tp4 29 dccp 33 xtp 36 ddp 37 idpr-cmtp 38 ipv6 41 ipv6-route 43 \
            ipv6-frag 44 idrp 45 rsvp 46 gre 47 esp 50 ah 51 skip 57 ipv6-icmp 58 ipv6-nonxt 59 \
            ipv6-opts 60 rspf 73 vmtp 81 eigrp 88 ospf 89 ax.25 93 ipip 94 etherip 97 encap 98 pim 103 \
            ipcomp 108 vrrp 112 l2tp 115 isis 124 sctp 132 fc 133 mobility-header 135 udplite 136 \
            mpls-in-ip 137 manet 138 hip 139 shim6 140 wesp 141 rohc 142 ethernet 143 mptcp 262 icmpv6""");

    private static final Set<String> ICMP_TYPES = words("""
            any echo-reply destination-unreachable network-unreachable host-unreachable \
            protocol-unreachable port-unreachable fragmentation-needed source-route-failed \
            network-unknown host-unknown network-prohibited host-prohibited TOS-network-unreachable \
            TOS-host-unreachable communication-prohibited host-precedence-violation precedence-cutoff \
            source-quench redirect network-redirect host-redirect TOS-network-redirect \
            TOS-host-redirect echo-request router-advertisement router-solicitation time-exceeded \
            ttl-zero-during-transit ttl-zero-during-reassembly parameter-problem ip-header-bad \
            required-option-missing timestamp-request timestamp-reply address-mask-request \
            address-mask-reply no-route beyond-scope address-unreachable failed-policy reject-route \
            packet-too-big bad-header unknown-header-type unknown-option neighbor-solicitation \
            neighbour-solicitation neighbor-advertisement neighbour-advertisement""");

    private static final int LONGEST_NAME = 64;

    private FirewallWords() {}

    private static Set<String> words(String text) {
        return Set.of(text.split(" "));
    }

    static Optional<String> helpers(String list) {
        if (hasExtraCommas(list)) {
            return Optional.of("extraneous commas in list");
        }
        return elements(list).stream()
                .filter(helper -> !HELPERS.contains(helper))
                .findFirst()
                .map(helper -> "unknown helper " + helper);
    }

    static Optional<String> protocol(String name) {
        boolean known = name.isEmpty() || name.equals("0") || PROTOCOLS.contains(name);
        return known ? Optional.empty() : Optional.of("unknown protocol '" + name + "'");
    }

    static Optional<String> icmpType(String name) {
        boolean known = name.isEmpty() || ICMP_TYPES.contains(name);
        return known ? Optional.empty() : Optional.of("invalid icmp-type value '" + name + "'");
    }

    /// Ports, ranges `from:to` and names, with commas between.
    static Optional<String> ports(String list, boolean destination) {
        if (hasExtraCommas(list)) {
            return Optional.of("extraneous commas in list");
        }
        int numbers = 0;
        boolean icmp = false;
        for (var item : elements(list)) {
            int colon = item.indexOf(':');
            if (isNumber(item)) {
                numbers++;
                if (!isPort(item)) {
                    return Optional.of("invalid port '" + item + "'");
                }
            } else if (colon > 0 && isNumber(item.substring(0, colon)) && isNumber(item.substring(colon + 1))) {
                numbers += 2;
                var from = item.substring(0, colon);
                var to = item.substring(colon + 1);
                for (var port : List.of(from, to)) {
                    if (!isPort(port)) {
                        return Optional.of("invalid port '" + port + "'");
                    }
                }
                if (Integer.parseInt(from) > Integer.parseInt(to)) {
                    return Optional.of(
                            "backwards range '" + item + "' not allowed, did you mean '" + to + ":" + from + "'?");
                }
            } else if (destination && ICMP_TYPES.contains(item)) {
                icmp = true;
            } else if (!isServiceName(item)) {
                return Optional.of("invalid port '" + item + "'");
            }
        }
        if (icmp && numbers > 0) {
            return Optional.of("ICMP ports not allowed in port range");
        }
        return numbers > 15 ? Optional.of("too many entries in port list (> 15 numbers)") : Optional.empty();
    }

    /// `+ipset`, an alias, or addresses, networks and one range, all of one family, with commas between.
    static Optional<String> addresses(String text, boolean alias) {
        if (text.startsWith("+") && text.length() > 1 && text.chars().noneMatch(Character::isWhitespace)) {
            return text.length() > LONGEST_NAME + 1 ? Optional.of("ipset name too long") : Optional.empty();
        }
        if (alias) {
            return text.length() > LONGEST_NAME ? Optional.of("alias name too long") : Optional.empty();
        }
        if (hasExtraCommas(text)) {
            return Optional.of("extraneous commas in list");
        }
        boolean four = false;
        boolean six = false;
        boolean range = false;
        for (var element : elements(text)) {
            int dash = element.indexOf('-');
            var first = (dash < 0 ? element : element.substring(0, dash)).strip();
            boolean fits = dash < 0
                    ? NetIp.takes(element)
                    : Addresses.isIp(first)
                            && Addresses.isIp(element.substring(dash + 1).strip());
            if (!fits) {
                return Optional.of("invalid IP address: " + NetIp.complaint(element));
            }
            range |= dash >= 0;
            six |= first.indexOf(':') >= 0;
            four |= first.indexOf(':') < 0;
            if (four && six) {
                return Optional.of("detected mixed ipv4/ipv6 addresses in address list '" + text + "'");
            }
        }
        return range && elements(text).size() > 1 ? Optional.of("you can't use a range in a list") : Optional.empty();
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isPort(String digits) {
        return digits.length() <= 9 && Integer.parseInt(digits) <= 65535;
    }

    /// The host's /etc/services decides; what looks like one of its names passes.
    private static boolean isServiceName(String text) {
        return text.length() <= 32
                && text.chars().anyMatch(Character::isLetter)
                && text.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.+/".indexOf(c) >= 0));
    }

    private static boolean hasExtraCommas(String list) {
        return list.endsWith(",");
    }

    private static List<String> elements(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
    }
}

package pvemcp.schema;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// What Perl's Net::IP takes for an address or a network, which PVE::Firewall asks it: `10.1` for `10.1.0.0` too,
/// but a network only where the bits behind its prefix are zero.
final class NetIp {
    private NetIp() {}

    static boolean takes(String text) {
        return complaint(text).isEmpty();
    }

    /// The words of `Net::IP::Error()`; empty where it takes the text.
    static String complaint(String text) {
        int slash = text.indexOf('/');
        var address = slash < 0 ? text : text.substring(0, slash);
        boolean four = address.indexOf(':') < 0;
        if (four && !address.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
            return "Cannot determine IP version for " + text;
        }
        var full = four ? expanded(address) : address;
        if (!(four ? Addresses.isIpv4(full) : Addresses.isIpv6(full))) {
            return "Invalid address " + text;
        }
        return slash < 0 ? "" : prefixComplaint(full, text.substring(slash + 1), four ? 32 : 128);
    }

    private static String expanded(String address) {
        long dots = address.chars().filter(c -> c == '.').count();
        return address + ".0".repeat((int) Math.max(0, 3 - dots));
    }

    private static String prefixComplaint(String address, String length, int bits) {
        boolean number =
                !length.isEmpty() && length.length() <= 3 && length.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number || Integer.parseInt(length) > bits) {
            return "Invalid prefix length /" + length;
        }
        var binary = binary(address, bits);
        return binary.indexOf('1', Integer.parseInt(length)) < 0 ? "" : "Invalid prefix " + binary + "/" + length;
    }

    private static String binary(String address, int bits) {
        try {
            // A literal address is not looked up.
            var bytes = InetAddress.getByName(address).getAddress();
            var digits = new BigInteger(1, bytes).toString(2);
            return "0".repeat(bits - Math.min(bits, digits.length())) + digits;
        } catch (UnknownHostException _) {
            return "";
        }
    }
}

package pvemcp.schema;

/// Certificates and keys as text (RFC 7468), as PVE::Certificate takes them.
final class Pem {
    private Pem() {}

    /// @param format `pem-certificate`, `pem-certificate-chain` or `pem-string`, which may be a key too
    static boolean fits(String format, String value) {
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
}

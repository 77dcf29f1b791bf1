package pvemcp.sim.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import pvemcp.sim.world.NodeCertificate;

/// The simulator's self-signed certificate for `localhost` and `127.0.0.1`, with its key.
///
/// The few DER structures of RFC 5280 are written here, because the JDK has no public way to make a certificate and
/// starting `keytool` takes longer than starting the simulator.
record Certificate(X509Certificate certificate, PrivateKey key) {
    private static final char[] PASSWORD = "sim".toCharArray();
    private static final String NAME = "pve-mcp simulator";

    /// The one of [#pkcs12]; a new one where that is nothing or has expired.
    static Certificate of(byte[] pkcs12, Instant now) throws IOException, GeneralSecurityException {
        if (pkcs12.length > 0) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(pkcs12), PASSWORD);
            var kept = (X509Certificate) store.getCertificate("sim");
            if (kept.getNotAfter().toInstant().isAfter(now)) {
                return new Certificate(kept, (PrivateKey) store.getKey("sim", PASSWORD));
            }
        }
        return make(now);
    }

    /// The certificate with its key (RFC 7292).
    byte[] pkcs12() throws IOException, GeneralSecurityException {
        var bytes = new ByteArrayOutputStream();
        store().store(bytes, PASSWORD);
        return bytes.toByteArray();
    }

    static Certificate make(Instant now) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var pair = generator.generateKeyPair();
        var encoded = new ByteArrayInputStream(Der.certificate(pair, now));
        var certificate =
                (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(encoded);
        return new Certificate(certificate, pair.getPrivate());
    }

    private KeyStore store() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("sim", key, PASSWORD, new X509Certificate[] {certificate});
        return store;
    }

    SSLContext context() throws IOException, GeneralSecurityException {
        // "PKIX" decrypts the key anew for each connection, which costs more than all the rest of a handshake.
        var keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store(), PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    NodeCertificate described() throws GeneralSecurityException {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return new NodeCertificate(
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n",
                fingerprint(),
                "/CN=" + NAME,
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    /// SHA-256 of the certificate as PVE prints it: `AA:BB:…`.
    String fingerprint() throws GeneralSecurityException {
        var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    }

    /// ITU-T X.690, as much of it as one certificate needs.
    private static final class Der {
        private static final byte[] ECDSA_WITH_SHA256 = seq(oid(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02));

        static byte[] certificate(KeyPair pair, Instant now) throws GeneralSecurityException {
            var name = seq(set(seq(oid(0x55, 0x04, 0x03), tag(0x0C, NAME))));
            var validity = seq(time(now.minus(Duration.ofDays(1))), time(now.plus(Duration.ofDays(3650))));
            var names = seq(tag(0x82, "localhost"), tag(0x87, new byte[] {127, 0, 0, 1}), tag(0x87, ipv6Loopback()));
            var extensions = seq(
                    seq(oid(0x55, 0x1D, 0x11), tag(0x04, names)),
                    seq(oid(0x55, 0x1D, 0x13), tag(0x01, new byte[] {(byte) 0xFF}), tag(0x04, seq())));
            var body = seq(
                    tag(0xA0, tag(0x02, new byte[] {2})),
                    tag(
                            0x02,
                            new BigInteger(120, new SecureRandom())
                                    .add(BigInteger.ONE)
                                    .toByteArray()),
                    ECDSA_WITH_SHA256,
                    name,
                    validity,
                    name,
                    pair.getPublic().getEncoded(),
                    tag(0xA3, extensions));
            var signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(pair.getPrivate());
            signer.update(body);
            return seq(body, ECDSA_WITH_SHA256, tag(0x03, join(List.of(new byte[] {0}, signer.sign()))));
        }

        private static byte[] ipv6Loopback() {
            var address = new byte[16];
            address[15] = 1;
            return address;
        }

        private static byte[] time(Instant moment) {
            // UTCTime, as RFC 5280 section 4.1.2.5 wants it for years before 2050.
            var form = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
            return tag(0x17, form.format(moment.atZone(ZoneOffset.UTC)));
        }

        private static byte[] oid(int... bytes) {
            var value = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                value[i] = (byte) bytes[i];
            }
            return tag(0x06, value);
        }

        private static byte[] seq(byte[]... parts) {
            return tag(0x30, join(List.of(parts)));
        }

        private static byte[] set(byte[]... parts) {
            return tag(0x31, join(List.of(parts)));
        }

        private static byte[] tag(int tag, String text) {
            return tag(tag, text.getBytes(StandardCharsets.UTF_8));
        }

        private static byte[] tag(int tag, byte[] value) {
            var head = new ByteArrayOutputStream();
            head.write(tag);
            if (value.length < 128) {
                head.write(value.length);
            } else {
                var length = BigInteger.valueOf(value.length).toByteArray();
                int skip = length[0] == 0 ? 1 : 0;
                head.write(0x80 | (length.length - skip));
                head.write(length, skip, length.length - skip);
            }
            return join(List.of(head.toByteArray(), value));
        }

        private static byte[] join(List<byte[]> parts) {
            var all = new ByteArrayOutputStream();
            parts.forEach(all::writeBytes);
            return all.toByteArray();
        }
    }
}

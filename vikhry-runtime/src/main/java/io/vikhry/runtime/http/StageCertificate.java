package io.vikhry.runtime.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A key with a certificate, made on the spot and good for a day, for a server that exists in this process alone. The JDK makes none through
 * its public API, so the few fields (X.509 version 1, RFC 5280) are put together here.
 */
record StageCertificate(PrivateKey key, X509Certificate certificate) {
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    /** The object identifiers of commonName and of ecdsa-with-SHA256. */
    private static final byte[] COMMON_NAME = {6, 3, 0x55, 4, 3};

    private static final byte[] ECDSA_WITH_SHA256 = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2};

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int UTF8_STRING = 0x0c;
    private static final int TIME = 0x17;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    /** One that is its own issuer. */
    static StageCertificate root(String name) throws GeneralSecurityException {
        KeyPair pair = pair();
        return new StageCertificate(pair.getPrivate(), signed(pair, name, pair.getPrivate(), name));
    }

    /** One that this one has issued; {@code issuer} is this one's own name. */
    StageCertificate issue(String name, String issuer) throws GeneralSecurityException {
        KeyPair pair = pair();
        return new StageCertificate(pair.getPrivate(), signed(pair, name, key, issuer));
    }

    private static KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate signed(KeyPair pair, String name, PrivateKey by, String issuer)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[] algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
        byte[] content = der(
                SEQUENCE,
                der(INTEGER, new byte[] {1}),
                algorithm,
                name(issuer),
                der(SEQUENCE, time(now.minus(Duration.ofDays(1))), time(now.plus(Duration.ofDays(1)))),
                name(name),
                pair.getPublic().getEncoded());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(by);
        signature.update(content);
        byte[] whole = der(SEQUENCE, content, algorithm, der(BIT_STRING, new byte[1], signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] name(String text) {
        byte[] value = der(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
        return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, value)));
    }

    private static byte[] time(Instant instant) {
        return der(TIME, UTC_TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    /** A value with its tag and length. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = content.size();
        if (length >= 256) {
            whole.write(0x82); // two bytes of length follow
            whole.write(length >> 8);
        } else if (length >= 128) {
            whole.write(0x81);
        }
        whole.write(length);
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}

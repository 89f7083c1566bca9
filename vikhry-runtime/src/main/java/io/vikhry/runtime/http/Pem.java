package io.vikhry.runtime.http;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys out of PEM text. What it refuses it never repeats: it may be a secret. */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

    private Pem() {}

    /** All certificates of {@code pem}, one at least; {@code setting} is what the message calls it. */
    static X509Certificate[] certificates(String setting, String pem) {
        if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
            throw new IllegalArgumentException(
                    setting
                            + ": no -----BEGIN CERTIFICATE----- in it; give the PEM text itself, as from Files.readString(path)");
        }
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .toArray(X509Certificate[]::new);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(setting + ": a certificate in the PEM text is damaged", e);
        }
    }

    /** The unencrypted PKCS #8 key in {@code pem}. */
    static PrivateKey key(String pem) {
        Matcher key = KEY.matcher(pem);
        if (!key.find()) {
            throw new IllegalArgumentException(
                    "identity: no -----BEGIN PRIVATE KEY----- in the key; give the PEM text of"
                            + " an unencrypted PKCS #8 key, as 'openssl pkcs8 -topk8 -nodes' writes it");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(key.group(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("identity: the private key is damaged: not Base64", e);
        }
        GeneralSecurityException last = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw new IllegalArgumentException(
                "identity: the private key is none of " + String.join(", ", ALGORITHMS), last);
    }
}

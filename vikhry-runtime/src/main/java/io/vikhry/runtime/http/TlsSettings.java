package io.vikhry.runtime.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a client speaks TLS. Equal settings share one context, with its sessions.
 *
 * @param insecure whether any certificate is accepted
 * @param trust PEM of the certificates to trust; null for those that the JVM trusts
 * @param certificates PEM of the client's own certificate and its chain; null for none
 * @param key PEM of its private key
 * @param versions the protocol versions as the JDK names them; empty for its own choice
 * @param http2 whether HTTP/2 is offered
 */
record TlsSettings(
        boolean insecure,
        @Nullable String trust,
        @Nullable String certificates,
        @Nullable String key,
        List<String> versions,
        boolean http2) {
    static final TlsSettings DEFAULT = new TlsSettings(false, null, null, null, List.of(), false);

    TlsSettings trusting(boolean anyone, @Nullable String pem) {
        return new TlsSettings(anyone, pem, certificates, key, versions, http2);
    }

    TlsSettings identity(String chain, String privateKey) {
        return new TlsSettings(insecure, trust, chain, privateKey, versions, http2);
    }

    TlsSettings versions(List<String> names) {
        return new TlsSettings(insecure, trust, certificates, key, names, http2);
    }

    TlsSettings offeringHttp2() {
        return new TlsSettings(insecure, trust, certificates, key, versions, true);
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "TLS" + versions + (insecure ? " insecure" : "");
    }
}

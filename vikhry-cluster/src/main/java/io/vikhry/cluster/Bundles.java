package io.vikhry.cluster;

import java.util.Optional;

/** Scenario bundles by the SHA-256 of their bytes. */
public interface Bundles {
    /** Largest bundle in bytes: 128 MiB. */
    int MAX_BYTES = 128 << 20;

    /** Stores a bundle and returns its digest, 64 lower-case hex digits. */
    String put(byte[] bundle);

    /**
     * The bundle of a digest.
     *
     * @throws ClusterException if the bytes in Redis are not those the digest names
     */
    Optional<byte[]> get(String digest);

    /** The digest of a bundle's bytes. */
    static String digest(byte[] bundle) {
        return Digests.sha256(bundle);
    }
}

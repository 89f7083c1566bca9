package io.vikhry.cluster;

import java.util.Optional;

/** Scenario bundles by the SHA-256 of their bytes. */
public final class Bundles {
    /** Largest bundle in bytes: 128 MiB. */
    public static final int MAX_BYTES = 128 << 20;

    private final Redis redis;
    private final Keys keys;

    Bundles(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** Stores a bundle and returns its digest, 64 lower-case hex digits. */
    public String put(byte[] bundle) {
        if (bundle.length > MAX_BYTES) {
            throw new ClusterException("the scenario bundle has " + (bundle.length >> 20) + " MiB: " + (MAX_BYTES >> 20)
                    + " MiB is the most that workers take");
        }
        String digest = Digests.sha256(bundle);
        redis.call(r -> r.set(keys.bundle(digest), bundle));
        return digest;
    }

    /**
     * The bundle of a digest.
     *
     * @throws ClusterException if the bytes in Redis are not those the digest names
     */
    public Optional<byte[]> get(String digest) {
        Names.digest(digest);
        byte[] bundle = redis.call(r -> r.get(keys.bundle(digest)));
        if (bundle == null) {
            return Optional.empty();
        }
        String found = Digests.sha256(bundle);
        if (!found.equals(digest)) {
            throw new ClusterException(
                    "the scenario bundle " + digest.substring(0, 12) + "… in Redis was changed: its SHA-256 is "
                            + found.substring(0, 12) + "…; announce the scenario again");
        }
        return Optional.of(bundle);
    }
}

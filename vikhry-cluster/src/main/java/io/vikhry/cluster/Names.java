package io.vikhry.cluster;

import java.util.Optional;
import java.util.regex.Pattern;

/** The alphabet of names that become part of keys; it has none of the characters that separate fields in Redis. */
final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
    private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private Names() {}

    /** {@code value}, if it is a name. */
    static String check(String what, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new ClusterException(
                    what + " \"" + shorten(value) + "\" is no name: use 1 to 128 of A-Z a-z 0-9 _ . : -");
        }
        return value;
    }

    static String cluster(String value) {
        faultOfCluster(value).ifPresent(fault -> {
            throw new ClusterException(fault);
        });
        return value;
    }

    /** Why {@code value} is no name of a cluster; empty if it is one. */
    static Optional<String> faultOfCluster(String value) {
        return CLUSTER.matcher(value).matches()
                ? Optional.empty()
                : Optional.of(
                        "cluster name \"" + shorten(value) + "\" is not allowed: use 1 to 64 of A-Z a-z 0-9 _ . -");
    }

    static String digest(String value) {
        if (!DIGEST.matcher(value).matches()) {
            throw new ClusterException("\"" + shorten(value) + "\" is no digest: it has 64 of 0-9 a-f");
        }
        return value;
    }

    private static String shorten(String value) {
        return value.length() <= 80 ? value : value.substring(0, 80) + "…";
    }
}

package io.vikhry.redis;

/**
 * What a server says of itself.
 *
 * @param product {@code "Redis"} or {@code "Valkey"}
 * @param version its version, {@code "7.0.15"}
 * @param uptimeSeconds how long it has run
 * @param keys keys in the selected database
 */
public record RedisServerInfo(String product, String version, long uptimeSeconds, long keys) {
    /** The first number of {@link #version}, or 0 where it has none. */
    public int major() {
        return majorOf(version);
    }

    static int majorOf(String version) {
        int end = 0;
        while (end < version.length() && end < 6 && Character.isDigit(version.charAt(end))) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(version.substring(0, end));
    }
}

package io.vikhry.redis;

import java.util.Locale;

/** Where a Redis comes from. */
public enum Choice {
    /** The first that works of {@link #URL} (when one is given), {@link #PATH}, {@link #BUNDLED} and {@link #DOCKER}. */
    AUTO,
    /** A server that runs already. It is used and never stopped. */
    URL,
    /** The {@code redis-server} or {@code valkey-server} (7 or newer) on the PATH. */
    PATH,
    /** The Redis binary that comes with vikhry. */
    BUNDLED,
    /** A {@code redis:7-alpine} container, by Docker or Podman. */
    DOCKER;

    /** The choice of this name, as a user writes it: {@code "auto"}. */
    public static Choice of(String name) {
        for (Choice choice : values()) {
            if (choice.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return choice;
            }
        }
        throw new IllegalArgumentException(
                "unknown Redis choice '" + name + "': use auto, url, path, bundled or docker");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

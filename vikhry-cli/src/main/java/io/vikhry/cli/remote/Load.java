package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The load that a run is started with: users, or arrivals per second and users to serve them.
 *
 * @param users users; of a rate, those that begin with it, or {@code null} to leave that open
 * @param rate arrivals per second, or {@code null} in the closed model
 * @param poisson whether arrivals come at random
 * @param maxUsers users there may be at most, or {@code null} to leave that open
 */
public record Load(
        @Nullable Integer users,
        @Nullable Double rate,
        boolean poisson,
        @Nullable Integer maxUsers) {
    /** So many users. */
    public static Load users(int users) {
        return new Load(users, null, false, null);
    }

    void writeTo(ObjectNode body) {
        if (users != null) {
            body.put("users", users);
        }
        if (rate != null) {
            body.put("rate", rate);
            body.put("arrivals", poisson ? "poisson" : "constant");
        }
        if (rate != null && maxUsers != null) {
            body.put("max_users", maxUsers);
        }
    }

    /** {@code 50 users}, {@code 1000 arrivals per second}. */
    public String text() {
        if (rate == null) {
            return users + " users";
        }
        String number = rate == Math.rint(rate) ? String.valueOf(rate.longValue()) : String.valueOf(rate);
        return number + " arrivals per second";
    }
}

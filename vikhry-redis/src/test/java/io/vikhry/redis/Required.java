package io.vikhry.redis;

import java.util.Arrays;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Parts that a test needs and a machine may lack. Where one is missing the test is skipped, and a line says what to install; the
 * environment variable {@code VIKHRY_TEST_REQUIRE} (a list such as {@code browser,engine}) makes it fail instead.
 */
public final class Required {
    private Required() {}

    /** Goes on if {@code there}; else skips, or fails if {@code part} is required. */
    public static void part(String part, boolean there, String hint) {
        if (there) {
            return;
        }
        String required = System.getenv().getOrDefault("VIKHRY_TEST_REQUIRE", "");
        if (Arrays.asList(required.split(",")).contains(part)) {
            Assertions.fail(hint + " (VIKHRY_TEST_REQUIRE names " + part + ")");
        }
        System.out.println("SKIPPED: " + hint);
        Assumptions.abort(hint);
    }
}

package io.vikhry.orchestrator.run;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;

/** Names of runs: unique, and in the order of time when sorted. {@code 20261121-224930-k3f9} */
final class RunId {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    /** Without letters and digits that are easily mistaken for one another. */
    private static final String ALPHABET = "23456789abcdefghjkmnpqrstvwxyz";

    private RunId() {}

    static String at(long millis, RandomGenerator random) {
        StringBuilder id = new StringBuilder(TIME.format(Instant.ofEpochMilli(millis))).append('-');
        for (int i = 0; i < 4; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}

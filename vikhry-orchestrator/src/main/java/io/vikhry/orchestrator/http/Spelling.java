package io.vikhry.orchestrator.http;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a mistyped name was meant to be. */
final class Spelling {
    private Spelling() {}

    /** The known name that differs least from {@code name}, if by two edits at most. */
    static Optional<String> nearest(String name, List<String> known) {
        if (name.length() > 64) {
            return Optional.empty();
        }
        return known.stream()
                .filter(k -> edits(k, name) <= Math.min(2, k.length() - 1))
                .min(Comparator.comparingInt(k -> edits(k, name)));
    }

    /** The Levenshtein distance, regardless of case. */
    private static int edits(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}

package io.vikhry.runtime.scenario;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant who wrote an unknown name. */
public final class Spelling {
    private static final int LONGEST = 256;

    private Spelling() {}

    /** The name that differs least from what was written, regardless of case, if it differs by little. */
    public static Optional<String> nearest(String written, Collection<String> names) {
        if (written.length() > LONGEST) {
            return Optional.empty();
        }
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            int edits = edits(written.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            int most = Math.min(Math.max(2, written.length() / 3), name.length() / 2);
            if (edits <= most && edits < least) {
                best = name;
                least = edits;
            }
        }
        return Optional.ofNullable(best);
    }

    /** {@code ; did you mean "login"?}, or the names there are, or nothing where there are none; to end a message with. */
    static String hint(String written, Collection<String> names) {
        return nearest(written, names)
                .map(name -> "; did you mean \"" + name + "\"?")
                .orElseGet(() -> names.isEmpty()
                        ? ""
                        : "; there " + (names.size() == 1 ? "is " : "are ") + String.join(", ", names));
    }

    /** The number of letters to insert, remove or replace between {@code a} and {@code b}. */
    private static int edits(String a, String b) {
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
                row[j] = Math.min(replaced, Math.min(row[j - 1], row[j]) + 1);
            }
        }
        return row[b.length()];
    }
}

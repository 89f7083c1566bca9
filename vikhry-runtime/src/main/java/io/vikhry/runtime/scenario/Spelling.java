package io.vikhry.runtime.scenario;

import java.util.Collection;
import java.util.Locale;

/** What somebody may have meant who wrote an unknown name. */
final class Spelling {
    private Spelling() {}

    /** {@code ; did you mean "login"?}, or the names there are, or nothing where there are none; to end a message with. */
    static String hint(String written, Collection<String> names) {
        String best = "";
        int least = Math.max(1, written.length() / 3) + 1;
        for (String name : names) {
            int distance = distance(written.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (distance < least) {
                best = name;
                least = distance;
            }
        }
        if (!best.isEmpty()) {
            return "; did you mean \"" + best + "\"?";
        }
        return names.isEmpty() ? "" : "; there " + (names.size() == 1 ? "is " : "are ") + String.join(", ", names);
    }

    /** The number of letters to insert, remove or replace between {@code a} and {@code b}. */
    private static int distance(String a, String b) {
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

package io.vikhry.cli.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may have one owner at a time, as somebody sees it who hears the owners: once a newer owner of a thing was heard, none of
 * the older ones must be heard of again. Not for use by several threads.
 */
final class OneAtATime {
    private final String what;
    private final Map<String, Owners> things = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    private static final class Owners {
        String newest = "";
        String place = "";
        final Set<String> over = new HashSet<>();
    }

    OneAtATime(String what) {
        this.what = what;
    }

    /** {@code owner} of {@code thing} is heard, from {@code place}. */
    void heard(String thing, String owner, String place) {
        Owners known = things.computeIfAbsent(thing, t -> new Owners());
        if (known.newest.equals(owner)) {
            return;
        }
        if (known.over.contains(owner)) {
            faults.add(what + " " + thing + " was heard of from " + place + " (" + owner + ") after it had gone to "
                    + known.place + " (" + known.newest + ")");
            return;
        }
        known.over.add(known.newest);
        known.newest = owner;
        known.place = place;
    }

    /** Each time a thing had two owners, in words. */
    List<String> faults() {
        return List.copyOf(faults);
    }
}

package io.vikhry.runtime.http;

import java.util.concurrent.ConcurrentHashMap;

/**
 * What the HTTP clients of a run's users on one loop have in common: clients whose settings are equal keep them, and what they
 * make of them, once. Any thread may call.
 */
public final class Repertoires {
    /** Different settings that are kept: users who each have a header of their own share nothing. */
    private static final int MOST = 64;

    private final ConcurrentHashMap<ClientSettings, Repertoire> all = new ConcurrentHashMap<>();

    /** The one of these settings; of its own, where there are too many different ones. */
    Repertoire of(ClientSettings settings) {
        Repertoire known = all.get(settings);
        if (known != null) {
            return known;
        }
        Repertoire fresh = new Repertoire(settings);
        if (all.size() >= MOST) {
            return fresh;
        }
        Repertoire other = all.putIfAbsent(settings, fresh);
        return other == null ? fresh : other;
    }
}

package io.vikhry.orchestrator.metrics;

import java.util.Iterator;
import java.util.TreeMap;

/**
 * One series over the last {@value #SECONDS} seconds up to the horizon: a sum to which a second is added when the horizon reaches
 * it and from which it is taken off when it falls out. What all workers saw in a second is one piece, so neither memory nor work
 * grows with the workers; a piece that lies inside is kept packed.
 */
final class RecentWindow {
    static final int SECONDS = 10;

    private final TreeMap<Long, Piece> pieces = new TreeMap<>();
    private final Counts response = new Counts();
    private final Counts service = new Counts();
    private long count;
    private long failures;
    private long ahead;

    /** Adds what was recorded in a second; what has already fallen out is ignored. */
    void add(Sheaf sheaf, long secondMillis, long horizonMillis) {
        if (secondMillis < oldest(horizonMillis)) {
            return;
        }
        Piece piece = pieces.computeIfAbsent(secondMillis, s -> new Piece());
        piece.thaw();
        piece.response.addAll(sheaf.response);
        piece.service.addAll(sheaf.service);
        piece.count += sheaf.count;
        piece.failures += sheaf.failures;
        if (piece.inside) {
            response.addAll(sheaf.response);
            service.addAll(sheaf.service);
            count += sheaf.count;
            failures += sheaf.failures;
        } else {
            ahead += sheaf.count;
        }
    }

    /** Moves on to a horizon, the start of the newest second that counts. */
    void moveTo(long horizonMillis) {
        Iterator<Piece> gone = pieces.headMap(oldest(horizonMillis)).values().iterator();
        while (gone.hasNext()) {
            take(gone.next());
            gone.remove();
        }
        for (Piece piece : pieces.headMap(horizonMillis, true).values()) {
            if (!piece.inside) {
                piece.inside = true;
                response.addAll(piece.response);
                service.addAll(piece.service);
                count += piece.count;
                failures += piece.failures;
                ahead -= piece.count;
            }
            piece.freeze();
        }
    }

    private void take(Piece piece) {
        if (piece.inside) {
            piece.freeze();
            piece.packedResponse.subtractFrom(response);
            piece.packedService.subtractFrom(service);
            count -= piece.count;
            failures -= piece.failures;
        } else {
            ahead -= piece.count;
        }
    }

    /** Adds what another window holds that was moved to the same horizon. */
    void addAll(RecentWindow that) {
        response.addAll(that.response);
        service.addAll(that.service);
        count += that.count;
        failures += that.failures;
        ahead += that.ahead;
    }

    /** Samples of seconds that the horizon has not reached. */
    long ahead() {
        return ahead;
    }

    /** Seconds of which it holds pieces. */
    int secondsHeld() {
        return pieces.size();
    }

    /** What the window holds; {@code seconds} is how much of the run it covers. */
    Totals.Recent totals(double seconds) {
        return new Totals.Recent(
                count,
                Math.max(0, failures),
                Rates.perSecond(count, seconds),
                Latency.of(response),
                Latency.of(service));
    }

    private static long oldest(long horizonMillis) {
        return horizonMillis - (SECONDS - 1) * 1000L;
    }

    /** What was recorded in one second. Either the counts hold it, or they are empty and the packed ones do. */
    private static final class Piece {
        private Counts response = new Counts();
        private Counts service = new Counts();
        private Packed packedResponse = Packed.NOTHING;
        private Packed packedService = Packed.NOTHING;
        private boolean packed;
        private boolean inside;
        private long count;
        private long failures;

        void freeze() {
            if (!packed) {
                packedResponse = Packed.of(response);
                packedService = Packed.of(service);
                response = new Counts();
                service = new Counts();
                packed = true;
            }
        }

        void thaw() {
            if (packed) {
                packedResponse.addTo(response);
                packedService.addTo(service);
                packed = false;
            }
        }
    }
}

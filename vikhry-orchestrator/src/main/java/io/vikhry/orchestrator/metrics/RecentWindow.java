package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * One series over the last {@value #SECONDS} seconds up to the horizon: a sum to which a second is added when the horizon reaches
 * it and from which it is taken off when it falls out. The seconds themselves are kept in their encoded form, which is small.
 */
final class RecentWindow {
    static final int SECONDS = 10;

    private final List<Piece> waiting = new ArrayList<>();
    private final List<Piece> inside = new ArrayList<>();
    private final Histogram response = new Histogram(Samples.DIGITS);
    private final Histogram service = new Histogram(Samples.DIGITS);
    private long count;
    private long failures;

    /** Adds what was recorded in a second; what has already fallen out is ignored. */
    void add(SeriesDelta delta, long secondMillis, long horizonMillis) {
        if (secondMillis <= oldest(horizonMillis) - 1000) {
            return;
        }
        waiting.add(new Piece(secondMillis, delta));
    }

    /** Moves on to a horizon, the start of the newest second that counts. */
    void moveTo(long horizonMillis) {
        long oldest = oldest(horizonMillis);
        for (Iterator<Piece> pieces = inside.iterator(); pieces.hasNext(); ) {
            Piece piece = pieces.next();
            if (piece.secondMillis < oldest) {
                Samples samples = Samples.of(piece.delta);
                response.subtract(samples.response());
                service.subtract(samples.service());
                count -= piece.delta.count();
                failures -= piece.delta.failures();
                pieces.remove();
            }
        }
        for (Iterator<Piece> pieces = waiting.iterator(); pieces.hasNext(); ) {
            Piece piece = pieces.next();
            if (piece.secondMillis > horizonMillis) {
                continue;
            }
            pieces.remove();
            if (piece.secondMillis >= oldest) {
                Samples samples = Samples.of(piece.delta);
                response.add(samples.response());
                service.add(samples.service());
                count += piece.delta.count();
                failures += piece.delta.failures();
                inside.add(piece);
            }
        }
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

    private record Piece(long secondMillis, SeriesDelta delta) {}
}

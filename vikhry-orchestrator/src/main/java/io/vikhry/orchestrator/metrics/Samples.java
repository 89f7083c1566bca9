package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** The two histograms of one delta, decoded. */
record Samples(Histogram response, Histogram service) {
    /** Significant decimal digits of every histogram. */
    static final int DIGITS = 3;

    private static final Histogram NONE = new Histogram(DIGITS);

    /** Decodes; a delta that only corrects codes has empty histograms. */
    static Samples of(SeriesDelta delta) {
        return of(delta.response(), delta.service());
    }

    static Samples of(byte[] responseBytes, byte[] serviceBytes) {
        Histogram response = decode(responseBytes);
        return new Samples(response, serviceBytes.length == 0 ? response : decode(serviceBytes));
    }

    static Histogram decode(byte[] encoded) {
        if (encoded.length == 0) {
            return NONE;
        }
        try {
            Histogram histogram = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0);
            if (histogram.getNumberOfSignificantValueDigits() != DIGITS) {
                throw new IllegalArgumentException("a histogram of " + histogram.getNumberOfSignificantValueDigits()
                        + " digits instead of " + DIGITS);
            }
            return histogram;
        } catch (DataFormatException | RuntimeException e) {
            throw new IllegalArgumentException("a histogram that cannot be read: " + e.getMessage(), e);
        }
    }

    static byte[] encode(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        byte[] bytes = new byte[length];
        System.arraycopy(buffer.array(), 0, bytes, 0, length);
        return bytes;
    }
}

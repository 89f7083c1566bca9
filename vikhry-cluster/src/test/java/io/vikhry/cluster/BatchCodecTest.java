package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.Phase;
import io.vikhry.cluster.IntervalBatch.PhaseSum;
import io.vikhry.cluster.IntervalBatch.ProbeOutcome;
import io.vikhry.cluster.IntervalBatch.ProbeSample;
import io.vikhry.cluster.IntervalBatch.ProbeType;
import io.vikhry.cluster.IntervalBatch.ProbeValue;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchCodecTest {
    private static final long SEED = 20261121;
    private static final String[] NAMES = {"GET /", "GET /catalog", "POST /auth", "täglich ☕", "", "200", "TIMEOUT"};

    @Test
    void whatIsEncodedIsDecodedAgain() {
        Random random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            IntervalBatch batch = random(random);
            byte[] bytes = BatchCodec.encode(batch);
            IntervalBatch again = BatchCodec.decode(bytes);
            assertThat(again).usingRecursiveComparison().isEqualTo(batch);
            // Codes have no order in a batch, so the bytes may differ; their number may not.
            assertThat(BatchCodec.encode(again)).hasSameSizeAs(bytes);
        }
    }

    @Test
    void aTextThatComesAgainCostsOneByte() {
        List<SeriesDelta> series = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            series.add(new SeriesDelta(
                    Kind.REQUEST,
                    "a-rather-long-step-name",
                    "GET /a-rather-long-path",
                    1,
                    0,
                    Map.of("200", 1L),
                    1,
                    1,
                    new byte[0],
                    new byte[0]));
        }
        byte[] bytes = BatchCodec.encode(new IntervalBatch("run", "worker", 1, 1, 0, 1, false, series, List.of()));
        assertThat(bytes).hasSizeLessThan(100 * 13 + 120);
    }

    @Test
    void aProbesValueThatIsNoNumberIsRefused() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            ProbeValue none = new ProbeValue("depth", ProbeType.NUMBER, value);
            ProbeSample probe = new ProbeSample("queue", 1, 2, ProbeOutcome.OK, List.of(none), "");
            IntervalBatch batch =
                    new IntervalBatch("run", "worker", 1, 1, 0, 0, false, List.of(), List.of(), null, List.of(probe));
            assertThatThrownBy(() -> BatchCodec.decode(BatchCodec.encode(batch)))
                    .isInstanceOf(MalformedBatchException.class)
                    .hasMessage("value is " + value);
        }
    }

    @Test
    void everyCutOffBatchIsRefused() {
        byte[] bytes = BatchCodec.encode(random(new Random(SEED)));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> BatchCodec.decode(cut)).isInstanceOf(MalformedBatchException.class);
        }
    }

    @Test
    void brokenBytesEndInACleanExceptionOrAValidBatch() {
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = i % 10 == 0 ? noise(random) : broken(random);
            try {
                IntervalBatch batch = BatchCodec.decode(bytes);
                for (SeriesDelta series : batch.series()) {
                    long sum = series.codes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
                    assertThat(sum).isEqualTo(series.count());
                }
            } catch (MalformedBatchException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }

    @Test
    void aForgedLengthTakesNoMemory() {
        WireWriter out = new WireWriter(64);
        out.raw('V');
        out.raw('B');
        out.raw(5);
        out.text("run");
        out.text("worker");
        out.number(1); // fence
        out.number(1); // sequence
        out.number(0); // second
        out.number(0); // active users
        out.number(0); // last
        out.number(0); // no arrivals
        out.number(0); // no vitals
        out.number(Integer.MAX_VALUE);
        assertThatThrownBy(() -> BatchCodec.decode(out.toByteArray()))
                .isInstanceOf(MalformedBatchException.class)
                .hasMessageContaining("series is 2147483647");
    }

    @Test
    void theMessageSaysWhatIsWrong() {
        assertThatThrownBy(() -> BatchCodec.decode("hello".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("no batch: it does not begin with VB");
        assertThatThrownBy(() -> BatchCodec.decode(new byte[] {'V', 'B', 9}))
                .hasMessage("batch of format 9: this vikhry reads 5");
        IntervalBatch wrong = new IntervalBatch(
                "run",
                "worker",
                1,
                1,
                0,
                0,
                false,
                List.of(new SeriesDelta(Kind.STEP, "", "s", 5, 0, Map.of("OK", 4L), 0, 0, new byte[0], new byte[0])),
                List.of());
        assertThatThrownBy(() -> BatchCodec.decode(BatchCodec.encode(wrong)))
                .hasMessage("codes of s add up to 4, not to its count 5");
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        byte[] head = {'V', 'B', 1};
        System.arraycopy(head, 0, bytes, 0, Math.min(random.nextInt(4), bytes.length));
        return bytes;
    }

    private static byte[] broken(Random random) {
        byte[] bytes = BatchCodec.encode(random(random));
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static IntervalBatch random(Random random) {
        List<SeriesDelta> series = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            Map<String, Long> codes = new HashMap<>();
            for (int c = random.nextInt(4); c >= 0; c--) {
                codes.put(NAMES[random.nextInt(NAMES.length)], (long) random.nextInt(1 << random.nextInt(31)));
            }
            codes.computeIfPresent("200", (k, v) -> -1L);
            long count = codes.values().stream().mapToLong(Long::longValue).sum();
            if (count < 0) {
                codes.put("OK", 1 - count);
                count = 1;
            }
            byte[] histogram = new byte[random.nextInt(50)];
            random.nextBytes(histogram);
            series.add(new SeriesDelta(
                    Kind.values()[random.nextInt(Kind.values().length)],
                    NAMES[random.nextInt(NAMES.length)],
                    NAMES[random.nextInt(NAMES.length)],
                    count,
                    random.nextInt(100),
                    codes,
                    random.nextLong() & Long.MAX_VALUE,
                    random.nextInt(1 << 20),
                    histogram,
                    new byte[random.nextInt(2)],
                    phases(random)));
        }
        List<ErrorSample> errors = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            errors.add(new ErrorSample(NAMES[i], "", "503", "message " + i, "at x\nat y", random.nextInt(9)));
        }
        return new IntervalBatch(
                "20261121-224930-k3f9",
                "worker-1",
                1_795_301_370_123L,
                1 + random.nextInt(1000),
                1000L * random.nextInt(Integer.MAX_VALUE),
                random.nextInt(100),
                random.nextBoolean(),
                series,
                errors,
                random.nextBoolean()
                        ? null
                        : new IntervalBatch.Arrivals(random.nextInt(99), random.nextInt(99), random.nextInt(99)),
                probes(random),
                random.nextBoolean() ? null : vitals(random));
    }

    private static List<PhaseSum> phases(Random random) {
        return Arrays.stream(Phase.values())
                .filter(phase -> random.nextBoolean())
                .map(phase -> new PhaseSum(
                        phase, random.nextInt(1 << 20), random.nextLong(1L << 40), random.nextLong(1L << 30)))
                .toList();
    }

    private static List<ProbeSample> probes(Random random) {
        List<ProbeSample> probes = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            List<ProbeValue> values = new ArrayList<>();
            for (int v = random.nextInt(3); v > 0; v--) {
                values.add(new ProbeValue(
                        NAMES[v],
                        ProbeType.values()[random.nextInt(ProbeType.values().length)],
                        random.nextGaussian() * Math.pow(10, random.nextInt(20))));
            }
            probes.add(new ProbeSample(
                    NAMES[i],
                    1_795_301_370_123L + random.nextInt(1000),
                    random.nextInt(1 << 20),
                    ProbeOutcome.values()[random.nextInt(ProbeOutcome.values().length)],
                    values,
                    NAMES[random.nextInt(NAMES.length)]));
        }
        return probes;
    }

    private static IntervalBatch.Vitals vitals(Random random) {
        return new IntervalBatch.Vitals(
                WorkerStatus.Condition.values()[random.nextInt(3)],
                random.nextBoolean() ? List.of() : List.of("loop lag p99 is 12 ms", "why"),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(1_000_000),
                random.nextInt(1_000),
                random.nextInt(10),
                random.nextInt(Integer.MAX_VALUE),
                5,
                -random.nextInt(1_000_000));
    }
}

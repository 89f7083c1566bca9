package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.ArrivalSchedule.Part;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.LoadCurve.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whose an arrival is while arrivals are dealt anew. */
class TimetableTest {
    private static final long MILLI = 1_000_000;
    private static final long SEED = 42;
    /** 100 a second for 1.5 s. */
    private static final LoadCurve RATE = LoadCurve.of(List.of(new Stage(0, 100, 0), new Stage(1_500, 0, 0)));

    private static Part part(double from, double to) {
        return new Part(from, to, false);
    }

    private static List<Long> drain(Timetable timetable) {
        List<Long> due = new ArrayList<>();
        long now = Long.MAX_VALUE - 1;
        for (long next = timetable.nextNanos(now); next <= now; next = timetable.nextNanos(now)) {
            due.add(next);
            timetable.advance();
        }
        return due;
    }

    @Test
    void everyArrivalIsDueOnceWhilePartsAreDealtFasterThanTheirTimesCome() {
        Timetable first = new Timetable();
        first.follow(RATE, Part.ALL, 0, 0, SEED);
        first.follow(RATE, part(0, 0.5), 500 * MILLI, 300 * MILLI, SEED);
        first.follow(RATE, part(0, 0.25), 600 * MILLI, 400 * MILLI, SEED);
        Timetable second = new Timetable();
        second.follow(RATE, part(0.5, 1), 500 * MILLI, 310 * MILLI, SEED);
        second.follow(RATE, part(0.25, 1), 600 * MILLI, 410 * MILLI, SEED);

        assertThat(Stream.of(first, second).flatMap(t -> drain(t).stream()).sorted())
                .containsExactlyElementsOf(
                        LongStream.range(0, 150).mapToObj(i -> 10 * i * MILLI).toList());
    }

    @Test
    void aPartThatIsDealtForAnEarlierTimeTakesThePlaceOfOneAhead() {
        Timetable timetable = new Timetable();
        timetable.follow(RATE, Part.ALL, 0, 0, SEED);
        timetable.follow(RATE, part(0.5, 1), 1_000 * MILLI, 0, SEED);
        timetable.follow(RATE, part(0, 0.25), 500 * MILLI, 0, SEED);

        List<Long> due = drain(timetable);
        assertThat(due.stream().filter(nanos -> nanos < 500 * MILLI)).hasSize(50);
        assertThat(due.stream().filter(nanos -> nanos >= 500 * MILLI)).hasSizeBetween(24, 26);
    }

    @Test
    void whoHearsOfAPartLateChangesThen() {
        Timetable timetable = new Timetable();
        timetable.follow(RATE, Part.ALL, 0, 0, SEED);
        timetable.follow(RATE, part(0, 0.5), 200 * MILLI, 700 * MILLI, SEED);

        List<Long> due = drain(timetable);
        assertThat(due.stream().filter(nanos -> nanos < 700 * MILLI)).hasSize(70);
        assertThat(due.stream().filter(nanos -> nanos >= 700 * MILLI)).hasSizeBetween(39, 41);
    }

    @Test
    void aChangeOfRateReachesWhatIsAheadToo() {
        LoadCurve faster =
                LoadCurve.of(List.of(new Stage(0, 100, 0), new Stage(500, 1_000, 0), new Stage(1_500, 0, 0)));
        Timetable timetable = new Timetable();
        timetable.follow(RATE, Part.ALL, 0, 0, SEED);
        timetable.follow(RATE, part(0, 0.5), 1_000 * MILLI, 0, SEED);
        timetable.follow(faster, part(0, 0.5), 1_000 * MILLI, 0, SEED);

        assertThat(drain(timetable)).hasSizeBetween(50 + 500 + 249, 50 + 500 + 251);
    }

    @Test
    void aPartWaitsForItsTimeSoThatARateThatChangesBeforeStillFindsTheOldOne() {
        LoadCurve later = LoadCurve.of(List.of(new Stage(400, 1_000, 0), new Stage(1_500, 0, 0)));
        Timetable timetable = new Timetable();
        timetable.follow(LoadCurve.constant(0), Part.ALL, 0, 0, SEED);
        timetable.follow(LoadCurve.constant(0), part(0, 0.5), 500 * MILLI, 300 * MILLI, SEED);
        assertThat(timetable.nextNanos(300 * MILLI)).as("when to ask again").isEqualTo(500 * MILLI);
        timetable.follow(later, part(0, 0.5), 500 * MILLI, 350 * MILLI, SEED);

        List<Long> due = drain(timetable);
        assertThat(due.stream().filter(nanos -> nanos < 500 * MILLI)).hasSize(100);
        assertThat(due).hasSizeBetween(599, 601);
    }

    @Test
    void nothingIsDueBeforeAPartIsDealtAndAfterItWasTaken() {
        Timetable timetable = new Timetable();
        assertThat(timetable.isEmpty()).isTrue();
        assertThat(timetable.nextNanos(0)).isEqualTo(ArrivalSchedule.NEVER);

        timetable.follow(RATE, Part.ALL, 0, 0, SEED);
        timetable.follow(RATE, part(0, 0.5), 500 * MILLI, 0, SEED);
        timetable.clear();
        assertThat(drain(timetable)).isEmpty();

        timetable.follow(RATE, part(0, 0.5), 1_000 * MILLI, 600 * MILLI, SEED);
        assertThat(drain(timetable)).hasSizeBetween(24, 26);
    }
}

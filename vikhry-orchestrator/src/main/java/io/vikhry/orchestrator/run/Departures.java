package io.vikhry.orchestrator.run;

import io.vikhry.cluster.BatchOrigin;

/**
 * The workers that go from a run before its end, and the batches of theirs that are then still to come. The conductor's thread
 * notes; any thread may ask.
 */
final class Departures {
    private final Run run;

    Departures(Run run) {
        this.run = run;
    }

    /** Notes that a worker went before the run's end; {@code last} is the last that was heard of its lease. */
    void lose(String workerId, long fence, Hearsay.Last last, long nowMillis) {
        Hearsay.Work work = last.of(run.id(), fence);
        boolean closed = run.head.plan().open() == null && run.load.t0Millis > 0;
        int dealt =
                closed ? run.shares.usersOf(workerId, run.load.curve().usersAt(last.millis() - run.load.t0Millis)) : 0;
        run.mishaps.lost(new Course.Loss(
                workerId,
                nowMillis,
                last.millis(),
                last.unheardMillis(),
                fence,
                work.originFence(),
                work.lastSeq(),
                closed ? Math.max(dealt, work.users()) : 0));
        run.mishaps.fold(() -> Toll.of(run));
    }

    /** Notes that a worker has left; {@code last} is the last that was heard of its lease. */
    void part(String workerId, long fence, Hearsay.Last last) {
        Hearsay.Work work = last.of(run.id(), fence);
        run.numbers.expect(origin(workerId, fence, work.originFence()), work.lastSeq());
    }

    /** Whether the last batch of a worker with that lease has come, so that nothing went with it. */
    boolean toldAll(String workerId, long fence, Hearsay.Last last) {
        return run.numbers.finished(sequence(workerId, fence, last));
    }

    /** The sequence of batches of a worker with that lease. */
    BatchOrigin sequence(String workerId, long fence, Hearsay.Last last) {
        // Where nobody knows, a sequence that was begun under an older lease may be that of another process, which this
        // one came after.
        long begun = last.of(run.id(), fence).originFence();
        return new BatchOrigin(run.id(), workerId, begun == 0 ? fence : begun);
    }

    /** The sequence of batches that a lost worker has left. */
    BatchOrigin origin(Course.Loss loss) {
        return origin(loss.workerId(), loss.fence(), loss.originFence());
    }

    /** Has the batches missed, at the run's end, that were made by who is there and by who was lost, and have not come. */
    void expectAll() {
        run.statuses
                .values()
                .forEach(s -> run.numbers.expect(origin(s.workerId(), s.fence(), s.originFence()), s.lastSeq()));
        run.mishaps.losses().forEach(loss -> run.numbers.expect(origin(loss), loss.lastSeq()));
    }

    private BatchOrigin origin(String workerId, long fence, long originFence) {
        return originFence == 0
                ? run.numbers.likely(run.id(), workerId, fence)
                : new BatchOrigin(run.id(), workerId, originFence);
    }
}

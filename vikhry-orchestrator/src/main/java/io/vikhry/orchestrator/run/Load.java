package io.vikhry.orchestrator.run;

import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.runtime.load.LoadCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The load of a run: what was asked for so far, and what follows from it for each moment. The conductor's thread changes it; any
 * thread may read.
 */
final class Load {
    private final RunHead head;
    /** Users asked for last. */
    volatile int targetUsers;
    /** Arrivals per second asked for last; 0 in the closed model. */
    volatile double targetRate;
    /** When it begins, or 0 before that is known; cluster time. */
    volatile long t0Millis;
    /** As they were asked for; none before it begins. */
    volatile List<LoadStage> stages = List.of();

    Load(RunHead head) {
        this.head = head;
        this.targetUsers = head.users();
        this.targetRate = head.rate();
    }

    /** The stages with which a run begins. */
    List<LoadStage> first() {
        return List.of(new LoadStage(0, target(), Math.round(head.rampSeconds() * 1000)));
    }

    /** What the load curve goes to: users or arrivals per second. */
    double target() {
        return open() == null ? targetUsers : targetRate;
    }

    /** What the stages go to last is what was asked for last. */
    void targetLast() {
        double last = stages.getLast().target();
        if (open() == null) {
            targetUsers = (int) last;
        } else {
            targetRate = last;
        }
    }

    /** Adds a stage that begins {@code atMillis} after the load's begin, or as soon as the one before has begun. */
    void add(long atMillis, double target, long rampMillis) {
        List<LoadStage> longer = new ArrayList<>(stages);
        longer.add(new LoadStage(Math.max(atMillis, stages.getLast().atMillis()), target, rampMillis));
        stages = List.copyOf(longer);
    }

    /** Users there may be at most, as far as is known now. */
    int mostUsers() {
        RunPlan.Open open = open();
        return open == null ? targetUsers : open.maxUsers();
    }

    /** For people. */
    String text() {
        return open() == null ? targetUsers + " users" : targetRate + " arrivals per second";
    }

    LoadCurve curve() {
        return LoadCurve.of(stages.stream()
                .map(s -> new LoadCurve.Stage(s.atMillis(), s.target(), s.rampMillis()))
                .toList());
    }

    /** When it will end by itself, or {@code null}; cluster time. */
    @Nullable Long endsAtOrNull() {
        Double seconds = head.durationSeconds();
        return seconds == null || t0Millis == 0 ? null : t0Millis + Math.round(seconds * 1000);
    }

    /** Arrivals that are due until then, cluster time. */
    double dueUntil(long millis) {
        long until = Math.min(millis, endsAt());
        return curve().arrivalsUntil(TimeUnit.MILLISECONDS.toNanos(Math.max(0, until - t0Millis)));
    }

    /** When it will end by itself, or never; cluster time. */
    long endsAt() {
        Long end = endsAtOrNull();
        return end == null ? Long.MAX_VALUE : end;
    }

    /** In the open model the load's end is a part of the curve: so not one arrival is due after it, nor one too few before. */
    List<LoadStage> stagesToAssign() {
        Long end = endsAtOrNull();
        if (open() == null || end == null) {
            return stages;
        }
        List<LoadStage> all = new ArrayList<>(stages);
        all.removeIf(stage -> stage.atMillis() >= end - t0Millis);
        all.add(new LoadStage(end - t0Millis, 0, 0));
        return all;
    }

    private RunPlan.@Nullable Open open() {
        return head.plan().open();
    }
}

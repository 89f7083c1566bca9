package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.runtime.load.LoadCurve;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run as the orchestrator knows it: what was asked for, how far it is, and its numbers.
 *
 * <p>Only the conductor's thread changes it; any thread may read. Each field is its own truth, so a reader may see a change of
 * users a moment before the version that carries it.
 */
public final class Run {
    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    /** What was asked for. */
    public final RunHead head;

    final RunFolder folder;
    final Aggregator numbers = new Aggregator();
    final Shares shares = new Shares();
    /** What each worker of the run said last, by id. */
    final Map<String, WorkerStatus> statuses = new ConcurrentHashMap<>();

    /** How well its generators were. */
    final WorstCondition condition = new WorstCondition();

    /** Workers that had users and went before the run's end, and when that was seen, in cluster time. */
    private final Map<String, Long> lost = new ConcurrentSkipListMap<>();

    volatile Prepare prepare = new Prepare(0, 0, 0, 0);
    volatile int targetUsers;
    volatile double targetRate;
    private int grownTo;
    volatile List<LoadStage> stages = List.of();
    /** The newest assignment, and the newest that the cluster has. */
    volatile long version;

    long published;
    volatile long t0Millis;
    volatile long stoppingSince;
    volatile long drainMillis;
    volatile long endedAt;
    volatile @Nullable StopReason stopReason;
    volatile @Nullable String error;

    Run(RunHead head, RunFolder folder) {
        this.head = head;
        this.folder = folder;
        this.targetUsers = head.users();
        this.targetRate = head.rate();
    }

    /** A run of before, with its numbers as they were kept. */
    static Run past(RunFolder folder) {
        Run run = new Run(folder.head(), folder);
        folder.report().ifPresent(report -> {
            run.targetUsers = report.path("target_users").asInt();
            run.targetRate = report.path("target_rate").asDouble();
            run.t0Millis = Instant.parse(report.path("started_at").asText()).toEpochMilli();
            run.stopReason =
                    StopReason.valueOf(report.path("stop_reason").asText().toUpperCase(Locale.ROOT));
            run.numbers.start(run.t0Millis);
            run.replay();
            run.endedAt = Instant.parse(report.path("ended_at").asText()).toEpochMilli();
            run.numbers.finish(run.endedAt);
        });
        folder.close();
        return run;
    }

    /** A run that an orchestrator before this one led, with what it has kept, as far as it is here. */
    static Run takenOver(Cluster cluster, RunStore store, String runId) {
        Assignment assignment = cluster.plans().assignment(runId).orElse(null);
        RunFolder folder = store.reopen(runId).orElseGet(() -> {
            RunPlan plan = cluster.plans()
                    .plan(runId)
                    .orElseThrow(() -> new ClusterException("the plan of run " + runId + " is not in Redis"));
            int users = assignment == null || assignment.stages().isEmpty()
                    ? 0
                    : (int) assignment.stages().getFirst().target();
            RunPlan.Open open = plan.open();
            return store.create(new RunHead(
                    plan,
                    plan.scenario(),
                    "",
                    open == null ? users : open.users(),
                    open == null ? 0 : users,
                    0,
                    null,
                    cluster.clock().nowMillis()));
        });
        Run run = new Run(folder.head(), folder);
        if (assignment != null) {
            run.version = assignment.version();
            run.published = assignment.version();
            run.t0Millis = assignment.t0Millis();
            run.stages = assignment.stages();
            run.targetLast();
            run.shares.take(assignment.shares());
            run.numbers.start(run.t0Millis);
        }
        run.replay();
        return run;
    }

    private void targetLast() {
        double last = stages.getLast().target();
        if (head.plan().open() == null) {
            targetUsers = (int) last;
        } else {
            targetRate = last;
        }
    }

    private void replay() {
        folder.replay(batch -> numbers.add(batch, Long.MAX_VALUE / 2));
    }

    /** Ends it: counts what is missing, writes the report, closes its folder. */
    void finish(ObjectNode environment) {
        statuses.values().forEach(s -> numbers.expect(id(), s.workerId(), s.fence(), s.lastSeq()));
        endedAt = t0Millis == 0 ? stoppingSince : numbers.finish(Math.max(stoppingSince, t0Millis));
        folder.appendPoints(numbers.pointsSince(0, endedAt).points());
        Numbers last = numbers.numbers(endedAt);
        ObjectNode report = Report.of(this, last, environment);
        folder.finish(last, report);
        folder.close();
        LOG.info(
                "Run {} has ended ({}): {} requests, {} failed",
                id(),
                report.path("stop_reason").asText(),
                report.path("total_requests").asLong(),
                report.path("total_failures").asLong());
    }

    /** Notes that a worker went before the run's end. */
    void lose(String workerId, long nowMillis) {
        lost.putIfAbsent(workerId, nowMillis);
    }

    /** Workers that had users and went before the run's end, and when that was seen, in cluster time. */
    public Map<String, Long> lost() {
        return Collections.unmodifiableMap(lost);
    }

    /** How far PREPARING is: workers ready of all, resources made of all. */
    public record Prepare(int workersReady, int workers, long resourcesReady, long resources) {}

    /** The run's id. */
    public String id() {
        return head.plan().runId();
    }

    /** Its numbers. */
    public Aggregator numbers() {
        return numbers;
    }

    /** How far its preparation is, or was. */
    public Prepare prepare() {
        return prepare;
    }

    /** The version of the newest assignment. */
    public long version() {
        return version;
    }

    /** Users asked for last. */
    public int targetUsers() {
        return targetUsers;
    }

    /** Arrivals per second asked for last; 0 in the closed model. */
    public double targetRate() {
        return targetRate;
    }

    /** {@code users} or {@code rate}. */
    public String model() {
        return head.plan().model().name().toLowerCase(Locale.ROOT);
    }

    /** What the load curve goes to: users or arrivals per second. */
    double target() {
        return head.plan().open() == null ? targetUsers : targetRate;
    }

    /** Users there may be at most, as far as is known now. */
    int mostUsers() {
        RunPlan.Open open = head.plan().open();
        return open == null ? targetUsers : open.maxUsers();
    }

    /** Items that each pool of resources should have: one for each user there is or is to be. */
    int itemsWanted() {
        return Math.max(targetUsers, grownTo);
    }

    /** Whether the open model has grown to more users than there are items. */
    boolean wantMoreItems() {
        if (head.plan().open() == null || head.plan().resources().isEmpty()) {
            return false;
        }
        int active =
                statuses.values().stream().mapToInt(WorkerStatus::activeVus).sum();
        if (active <= itemsWanted()) {
            return false;
        }
        // Users that wait for an item are among them, and more may come before the next look.
        grownTo = (int) Math.min(mostUsers(), active + (long) active / 4 + 1);
        return true;
    }

    /** The load asked for, for people. */
    String loadText() {
        return head.plan().open() == null ? targetUsers + " users" : targetRate + " arrivals per second";
    }

    /**
     * Arrivals so far, or {@code null} in the closed model. Once the load is over, those are intended that the rate says,
     * though a worker that died may not have told of all.
     */
    public @Nullable ArrivalTotals arrivals() {
        RunPlan.Open open = head.plan().open();
        if (open == null) {
            return null;
        }
        ArrivalTotals told = numbers.arrivals();
        if (open.arrivals() == RunPlan.Arrivals.POISSON || endedAt == 0 || stages.isEmpty()) {
            return told;
        }
        double due = curve().arrivalsUntil(
                        TimeUnit.MILLISECONDS.toNanos(Math.max(0, Math.min(stoppingSince, endsAt()) - t0Millis)));
        return told.intending(Math.round(Math.floor(due)));
    }

    private long endsAt() {
        Long end = endsAtOrNull();
        return end == null ? Long.MAX_VALUE : end;
    }

    /** When the load began, or will begin; before that is known, when the run was asked for. Cluster time. */
    public long startedAt() {
        return t0Millis == 0 ? head.createdAt() : t0Millis;
    }

    /** When the load ended, or {@code null}. */
    public @Nullable Long endedAtOrNull() {
        return endedAt == 0 ? null : endedAt;
    }

    /** When the load will end by itself, or {@code null}. */
    public @Nullable Long endsAtOrNull() {
        Double seconds = head.durationSeconds();
        return seconds == null || t0Millis == 0 ? null : t0Millis + Math.round(seconds * 1000);
    }

    /** How long the load has lasted at {@code nowMillis}, in ms. */
    public long elapsedMillis(long nowMillis) {
        return t0Millis == 0 ? 0 : Math.max(0, (endedAt == 0 ? nowMillis : endedAt) - t0Millis);
    }

    /** Why it ended, or {@code null} while it goes on. */
    public @Nullable StopReason stopReason() {
        return stopReason;
    }

    /** Users that are meant for a worker at {@code nowMillis}. */
    public int assignedUsers(String workerId, long nowMillis) {
        int users = head.plan().open() == null ? curve().usersAt(nowMillis - t0Millis) : mostUsers();
        return stoppingSince > 0 ? 0 : shares.usersOf(workerId, users);
    }

    private LoadCurve curve() {
        return LoadCurve.of(stages.stream()
                .map(s -> new LoadCurve.Stage(s.atMillis(), s.target(), s.rampMillis()))
                .toList());
    }

    Assignment assignment(Assignment.Phase phase) {
        return new Assignment(
                id(),
                head.plan().epoch(),
                version,
                phase,
                t0Millis,
                stagesToAssign(),
                shares.toAssign(head.plan().model()),
                drainMillis);
    }

    /** In the open model the load's end is a part of the curve: so not one arrival is due after it, nor one too few before. */
    private List<LoadStage> stagesToAssign() {
        Long end = endsAtOrNull();
        if (head.plan().open() == null || end == null) {
            return stages;
        }
        List<LoadStage> all = new ArrayList<>(stages);
        all.removeIf(stage -> stage.atMillis() >= end - t0Millis);
        all.add(new LoadStage(end - t0Millis, 0, 0));
        return all;
    }
}

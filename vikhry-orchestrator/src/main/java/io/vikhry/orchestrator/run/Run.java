package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.ProbeRow;
import io.vikhry.orchestrator.verdict.Generators;
import io.vikhry.orchestrator.verdict.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
    final Load load;
    final Supplies supplies = new Supplies();
    final Mishaps mishaps = new Mishaps();
    final Aggregator numbers = new Aggregator();
    final Shares shares = new Shares();
    final Deal deal;
    final ArrivalAccount arrivals;
    final Departures departures = new Departures(this);
    final Attendance attendance = new Attendance();
    /** What each worker of the run said last, by id. */
    final Map<String, WorkerStatus> statuses = new ConcurrentHashMap<>();

    /** How its generators were. */
    final Generators generators = new Generators();

    volatile Prepare prepare = new Prepare(0, 0, 0, 0, 0);
    /** When the preparation came further last, or 0; cluster time. */
    volatile long progressedAt;

    /** That it is to end, and why; once said, it stays. */
    volatile Course.@Nullable Stop stop;

    volatile long endedAt;
    volatile @Nullable String error;
    final Opinion opinion = new Opinion();
    private long revision;
    private volatile @Nullable ObjectNode report;
    private volatile boolean written;

    Run(RunHead head, RunFolder folder) {
        this.head = head;
        this.folder = folder;
        this.load = new Load(head);
        this.deal = new Deal(head, load, shares);
        this.arrivals = new ArrivalAccount(head, load, shares, numbers);
    }

    /** Takes over what the leader before has noted of it. */
    void take(Course course) {
        revision = course.revision();
        stop = course.stop();
        error = course.error();
        mishaps.take(course);
        supplies.take(course.poolsBefore());
        arrivals.take(course.arrivalsLost());
    }

    /** Says when its load begins, and how. */
    void begin(long t0Millis, List<LoadStage> stages) {
        load.stages = List.copyOf(stages);
        load.t0Millis = t0Millis;
        numbers.start(t0Millis);
        generators.start(t0Millis);
    }

    /** Adds batches, but for those that were here before. */
    void take(List<IntervalBatch> batches, long nowMillis) {
        numbers.addAll(batches, nowMillis).forEach(generators::add);
    }

    /** Whether its numbers can be believed: so far, or, once it has ended, for good. */
    public Verdict verdict(long nowMillis) {
        return opinion.at(nowMillis, () -> Judgement.of(this, numbers.numbers(nowMillis), nowMillis));
    }

    /** Ends it: counts what is missing, and makes the report. */
    void finish(ObjectNode environment) {
        departures.expectAll();
        long stopped = stoppingSince();
        long t0 = load.t0Millis;
        endedAt = t0 == 0 ? stopped : numbers.finish(Math.max(stopped, t0));
        folder.appendPoints(numbers.pointsSince(0, endedAt).points());
        Numbers last = numbers.numbers(endedAt);
        opinion.settle(Judgement.of(this, last, endedAt));
        ObjectNode fresh = Report.of(this, last, environment);
        report = fresh;
        LOG.info(
                "Run {} has ended ({}): {} requests, {} failed",
                id(),
                fresh.path("stop_reason").asText(),
                fresh.path("total_requests").asLong(),
                fresh.path("total_failures").asLong());
    }

    /** Writes the report and closes the folder; does nothing if that was done. */
    void writeReport() {
        ObjectNode ended = reportToWrite();
        if (ended != null) {
            folder.keepProbes(numbers.probePoints());
            folder.finish(numbers.numbers(endedAt), ended);
            written = true;
            folder.close();
        }
    }

    /** The report, as long as it is not on disk; {@code null} before the end and after. */
    public @Nullable ObjectNode reportToWrite() {
        return written ? null : report;
    }

    /** Workers that had users and went before the run's end, and when that was seen, in cluster time. */
    public Map<String, Long> lost() {
        return mishaps.lostAt();
    }

    /** What the next leader must know; each time a later revision. */
    Course course() {
        return new Course(
                ++revision,
                head,
                deal.version == 0 ? null : assignment(),
                load.stages,
                shares.transit(),
                stop,
                error,
                mishaps.losses(),
                mishaps.folded(),
                mishaps.interruptions(),
                supplies.before(),
                arrivals.lost());
    }

    /** When its end was decided, cluster time; 0 while it goes on. */
    long stoppingSince() {
        Course.Stop ordered = stop;
        return ordered == null ? 0 : ordered.sinceMillis();
    }

    /** The pools as they were seen last, with what was granted and reclaimed in this run. */
    List<PoolFigures> pools() {
        return PoolFigures.of(supplies.now(), this);
    }

    /** How far PREPARING is: workers ready of all, resources made of all, and those that could not be made. */
    public record Prepare(int workersReady, int workers, long resourcesReady, long resources, long resourcesFailed) {}

    /** The run's id. */
    public String id() {
        return head.plan().runId();
    }

    /** Its numbers. */
    public Aggregator numbers() {
        return numbers;
    }

    /** What its probes saw, in the order in which the scenario declares them. */
    public List<ProbeRow> probes() {
        return ProbeRow.all(head.probes(), numbers.probes());
    }

    /** The worker that runs its probes now; empty if none does. */
    public Optional<String> prober() {
        return stop != null || endedAt > 0 ? Optional.empty() : shares.prober();
    }

    /** How far its preparation is, or was. */
    public Prepare prepare() {
        return prepare;
    }

    /** The version of the newest assignment. */
    public long version() {
        return deal.version;
    }

    /** Users asked for last. */
    public int targetUsers() {
        return load.targetUsers;
    }

    /** Arrivals per second asked for last; 0 in the closed model. */
    public double targetRate() {
        return load.targetRate;
    }

    /** {@code users} or {@code rate}. */
    public String model() {
        return head.plan().model().name().toLowerCase(Locale.ROOT);
    }

    /** Items that each pool of resources should have: one for each user there is or is to be. */
    int itemsWanted() {
        return supplies.wanted(load.targetUsers);
    }

    /** Whether the open model has grown to more users than there are items. */
    boolean wantMoreItems() {
        if (head.plan().open() == null || head.plan().resources().isEmpty()) {
            return false;
        }
        int active =
                statuses.values().stream().mapToInt(WorkerStatus::activeVus).sum();
        return supplies.growTo(active, load.targetUsers, load.mostUsers());
    }

    /** Arrivals so far, or {@code null} in the closed model. */
    public @Nullable ArrivalTotals arrivals() {
        return arrivals.totals(endedAt == 0 ? 0 : stoppingSince());
    }

    /** When the load began, or will begin; before that is known, when the run was asked for. Cluster time. */
    public long startedAt() {
        long t0 = load.t0Millis;
        return t0 == 0 ? head.createdAt() : t0;
    }

    /** When the load ended, or {@code null}. */
    public @Nullable Long endedAtOrNull() {
        return endedAt == 0 ? null : endedAt;
    }

    /** When the load will end by itself, or {@code null}. */
    public @Nullable Long endsAtOrNull() {
        return load.endsAtOrNull();
    }

    /** How long the load has lasted at {@code nowMillis}, in ms. */
    public long elapsedMillis(long nowMillis) {
        long t0 = load.t0Millis;
        return t0 == 0 ? 0 : Math.max(0, (endedAt == 0 ? nowMillis : endedAt) - t0);
    }

    /** Why it ended, or {@code null} while it goes on. */
    public @Nullable StopReason stopReason() {
        Course.Stop ordered = stop;
        return ordered == null ? null : ordered.reason();
    }

    /** Users that are meant for a worker at {@code nowMillis}. */
    public int assignedUsers(String workerId, long nowMillis) {
        int users = head.plan().open() == null ? load.curve().usersAt(nowMillis - load.t0Millis) : load.mostUsers();
        return stop != null ? 0 : shares.usersOf(workerId, users);
    }

    /** Who runs what from now on; nobody, once its end was decided. */
    Assignment assignment() {
        return deal.assignment(stop);
    }
}

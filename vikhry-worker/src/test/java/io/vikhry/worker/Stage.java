package io.vikhry.worker;

import static org.awaitility.Awaitility.await;

import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.BatchLedger;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.LoadStage;
import io.vikhry.cluster.Metrics;
import io.vikhry.cluster.Orders;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.ScenarioRef;
import io.vikhry.cluster.VuRange;
import io.vikhry.cluster.WorkerView;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Leads a cluster by hand, in the place of an orchestrator. */
final class Stage implements AutoCloseable {
    static final Duration BOUND = Duration.ofSeconds(20);

    final Cluster cluster;
    final LeaderLease leader;
    private final String redisUrl;
    private final Thread renewing;
    private final BatchLedger ledger = new BatchLedger();
    private final List<IntervalBatch> batches = new ArrayList<>();
    private String read = Metrics.START;
    private RunPlan plan;
    private long version;

    Stage(String redisUrl, String name) {
        this.redisUrl = redisUrl;
        cluster = Cluster.connect(redisUrl, name);
        leader = cluster.leader().acquire("test").orElseThrow();
        renewing = Thread.startVirtualThread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    leader.renew();
                } catch (ClusterException e) {
                    // Redis is silent, on purpose or because the test is over.
                }
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        });
    }

    void announce(ScenarioBundle bundle) {
        cluster.bundles().put(bundle.bytes());
        cluster.scenario().announce(leader, new ScenarioRef(bundle.digest(), bundle.vuClass(), bundle.sourceName()));
    }

    void begin(ScenarioBundle bundle, String baseUrl, int items) {
        long epoch = cluster.lifecycle().state().epoch() + 1;
        plan = new RunPlan(
                "run-" + epoch,
                epoch,
                bundle.digest(),
                bundle.vuClass(),
                Map.of("baseUrl", baseUrl),
                RunPlan.LoadModel.USERS,
                1,
                Map.of("users", items));
        version = 0;
        read = Metrics.START;
        done(cluster.lifecycle().begin(leader, plan).done());
        cluster.orders().ensure(leader, Orders.Customer.RUN, "users", items, plan.recipe());
        lookAgain("prepare");
    }

    /** Starts the load with {@code users} on one worker, under {@code fence}. */
    void run(String workerId, long fence, int users) {
        if (cluster.lifecycle().state().state() == State.PREPARING) {
            done(cluster.lifecycle()
                    .move(leader, plan.epoch(), State.PREPARING, State.RUNNING)
                    .done());
        }
        assign(Assignment.Phase.RUN, workerId, fence, users, 0);
    }

    void drain(String workerId, long fence, int users) {
        State state = cluster.lifecycle().state().state();
        done(cluster.lifecycle()
                .move(leader, plan.epoch(), state, State.STOPPING)
                .done());
        assign(Assignment.Phase.DRAIN, workerId, fence, users, 10_000);
    }

    private void assign(Assignment.Phase phase, String workerId, long fence, int users, long drainMillis) {
        Assignment assignment = new Assignment(
                plan.runId(),
                plan.epoch(),
                ++version,
                phase,
                cluster.clock().nowMillis(),
                List.of(new LoadStage(0, users, 0)),
                Map.of(workerId, new Assignment.Share(List.of(new VuRange(0, users)), 1, fence)),
                drainMillis);
        done(cluster.plans().assign(leader, assignment).done());
        lookAgain("version " + version);
    }

    /** Ends a run whose load has not begun. */
    void callOff() {
        done(cluster.lifecycle()
                .move(leader, plan.epoch(), State.PREPARING, State.STOPPING)
                .done());
        lookAgain("called off");
    }

    void idle() {
        done(cluster.lifecycle()
                .move(leader, plan.epoch(), State.STOPPING, State.IDLE)
                .done());
        lookAgain("over");
    }

    private void lookAgain(String reason) {
        cluster.commands()
                .lookAgain(
                        cluster.leases().workers().stream()
                                .map(view -> view.status().workerId())
                                .toList(),
                        reason);
    }

    private static void done(boolean done) {
        if (!done) {
            throw new AssertionError("the cluster refused");
        }
    }

    /** Lets Redis lose a worker's lease; the worker does not know until it renews. */
    void loseLease(String id) throws IOException {
        tell("DEL vikhry:{" + cluster.name() + "}:worker:" + id);
    }

    /** Lets Redis lose the batches of the run that it has now. */
    void loseBatches() throws IOException {
        tell("DEL vikhry:{" + cluster.name() + "}:run:" + plan.runId() + ":metrics");
    }

    /** Lets Redis hear nobody for a while. */
    void silence(Duration time) throws IOException {
        tell("CLIENT PAUSE " + time.toMillis() + " ALL");
    }

    private void tell(String command) throws IOException {
        URI uri = URI.create(redisUrl);
        String login = "";
        if (uri.getUserInfo() != null) {
            String[] user = uri.getUserInfo().split(":", 2);
            login = "AUTH " + (user[0].isEmpty() ? "default" : user[0]) + " " + user[1] + "\r\n";
        }
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.getOutputStream().write((login + command + "\r\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String answer = login.isEmpty() ? "+OK" : answers.readLine();
            done("+OK".equals(answer));
            String result = answers.readLine();
            done("+OK".equals(result) || ":1".equals(result));
        }
    }

    WorkerView worker(String id) {
        return cluster.leases().workers().stream()
                .filter(view -> view.status().workerId().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no worker " + id));
    }

    WorkerView awaitWorker(String id, Predicate<WorkerView> as) {
        return await().atMost(BOUND).ignoreExceptions().until(() -> worker(id), as::test);
    }

    /** The batches of the run so far, each once, up to and including the last one if {@code last}. */
    List<IntervalBatch> batches(boolean last) {
        await().atMost(BOUND).until(() -> {
            for (Metrics.Entry entry : cluster.metrics().read(plan.runId(), read, 1_000, Duration.ofMillis(100))) {
                read = entry.id();
                if (ledger.accept(entry.batch())) {
                    batches.add(entry.batch());
                }
            }
            return !last || batches.stream().anyMatch(IntervalBatch::last);
        });
        return batches;
    }

    long missing() {
        return ledger.missing();
    }

    static long requests(List<IntervalBatch> batches) {
        return batches.stream()
                .flatMap(batch -> batch.series().stream())
                .filter(series -> series.kind() == IntervalBatch.Kind.REQUEST)
                .mapToLong(IntervalBatch.SeriesDelta::count)
                .sum();
    }

    @Override
    public void close() {
        renewing.interrupt();
        cluster.close();
    }
}

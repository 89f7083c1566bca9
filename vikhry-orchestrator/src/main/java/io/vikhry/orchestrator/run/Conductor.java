package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.ClusterState;
import io.vikhry.cluster.ClusterState.State;
import io.vikhry.cluster.Leader;
import io.vikhry.cluster.LeaderLease;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that leads: it holds the leader's lease, takes requests from a mailbox one after the other, and several times a
 * second looks what the run under way needs next. All changes of the cluster's state are made here, so none of them can meet
 * another half-way.
 *
 * <p>What others read ({@link #state}, {@link #run}, {@link #roster}) is published through volatile fields.
 */
public final class Conductor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);
    private static final long TICK_MILLIS = 100;
    /** While somebody waits for what comes next. */
    private static final long EAGER_TICK_MILLIS = 10;

    private static final long EAGER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long AFTER_FAILURE_MILLIS = 500;
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long AFTER_DATA_LOSS_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** Longer than a turn takes while Redis answers. */
    private static final long STOOD_MILLIS = 3_000;

    /** How long somebody who asks may wait to be heard. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Cluster cluster;
    private final Direction direction;
    private final PoolKeeper keeper;
    private final String name;
    private final Mailbox mailbox = new Mailbox(PATIENCE);
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean leading;
    private volatile boolean redisAnswers = true;
    private volatile Roster roster = Roster.EMPTY;
    private volatile @Nullable String leader;
    private long vacantNanos;
    private long redisAwaySince;
    /** The address of the Redis that led a second ago, or empty where that cannot change. */
    private String redisAt = "";

    private @Nullable LeaderLease lease;
    private long renewedNanos;
    private long lookedNanos;
    private long turnedNanos = System.nanoTime();
    private long askedNanos = System.nanoTime();
    private long waitMillis;
    /** What the disk did not allow when it was tried last. */
    private String complaint = "";

    /** Starts to lead, or to wait for it; {@code name} tells people who leads. */
    public Conductor(Cluster cluster, Direction direction, String name) {
        this.cluster = cluster;
        this.direction = direction;
        this.keeper = new PoolKeeper(cluster.pools());
        this.name = name;
        this.renewedNanos = System.nanoTime() - RENEW_NANOS;
        this.lookedNanos = System.nanoTime() - LOOK_NANOS;
        this.thread = Thread.ofPlatform().daemon().name("vikhry-conductor").start(this::lead);
    }

    /** Asks for a run. */
    public Run start(StartRequest request) {
        return mailbox.ask(() -> direction.start(request));
    }

    /** Asks for another number of users. */
    public Run changeUsers(int users, Duration ramp) {
        return mailbox.ask(() -> direction.changeUsers(users, ramp));
    }

    /** Asks for another rate of arrivals. */
    public Run changeRate(double rate, Duration ramp) {
        return mailbox.ask(() -> direction.changeRate(rate, ramp));
    }

    /** Asks to stop; a user may take {@code drain} to finish its step. */
    public Run stop(Duration drain) {
        return mailbox.ask(() -> direction.stop(drain));
    }

    /** What the cluster does. */
    public ClusterState state() {
        return direction.state();
    }

    /** The run under way or the last one. */
    public Optional<Run> run() {
        return Optional.ofNullable(direction.tenure().run());
    }

    /** What was asked for with that run, also while the numbers of the last one are still being read. */
    public Optional<RunHead> head() {
        return direction.tenure().head();
    }

    /** Why the last start failed. */
    public Optional<String> lastError() {
        return Optional.ofNullable(direction.tenure().lastError());
    }

    /** Workers and pools. */
    public Roster roster() {
        return roster;
    }

    /** Whether this orchestrator leads the cluster. */
    public boolean leading() {
        return leading;
    }

    /** The lease under which it leads, or a refusal that names who does. */
    public LeaderLease lease() {
        return direction.lease();
    }

    /** Who leads instead of this one, if somebody does: {@code host:pid}. */
    public Optional<String> leader() {
        return Optional.ofNullable(leader);
    }

    /** Whether Redis answered when it was asked last. */
    public boolean redisAnswers() {
        return redisAnswers;
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lead() {
        while (!closing) {
            try {
                boolean asked = mailbox.answerNext(waitMillis);
                waitMillis = AFTER_FAILURE_MILLIS;
                if (asked) {
                    askedNanos = System.nanoTime();
                }
                tick();
                noteStandstill();
                if (!redisAnswers) {
                    direction.tenure().interrupted(redisAwaySince, "Redis did not answer");
                }
                redisAnswers = true;
                waitMillis = eager() ? EAGER_TICK_MILLIS : TICK_MILLIS;
            } catch (ClusterException e) {
                if (redisAnswers) {
                    LOG.warn("Redis is not to be had, trying again: {}", e.getMessage());
                    redisAwaySince = cluster.clock().nowMillis() - sinceTurnedMillis();
                }
                redisAnswers = false;
            } catch (UncheckedIOException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(complaint)) {
                    LOG.error("What is kept on disk cannot be used", e);
                }
                complaint = why;
                direction.tenure().failSoon(why);
            } catch (Refusal e) {
                LOG.warn("The cluster's state was changed by another: {}", e.getMessage());
                renewedNanos = System.nanoTime() - RENEW_NANOS;
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException | Error e) {
                // Whatever it is: a cluster without this thread would run on for ever.
                LOG.error("The run cannot be led any further", e);
                direction.tenure().failSoon("the orchestrator failed: " + e);
            }
        }
        direction.tenure().close();
        LeaderLease held = lease;
        if (held != null) {
            try {
                held.close();
            } catch (ClusterException e) {
                LOG.warn("The leader's lease is left to run out: {}", e.getMessage());
            }
        }
        leading = false;
        mailbox.answerAll();
    }

    /** The process may have been stopped, or the machine: then nobody led meanwhile, although no other has taken over. */
    private void noteStandstill() {
        long stood = sinceTurnedMillis();
        if (leading && redisAnswers && stood > STOOD_MILLIS) {
            direction.tenure().interrupted(cluster.clock().nowMillis() - stood, "the orchestrator stood still");
        }
        turnedNanos = System.nanoTime();
    }

    private long sinceTurnedMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - turnedNanos);
    }

    /** Where there is Sentinel, another Redis may lead than a second ago. */
    private void noteFailover() {
        String now = cluster.leadingRedis().orElse("");
        if (!now.equals(redisAt) && !redisAt.isEmpty()) {
            LOG.warn("Redis at {} was put in the place of the one at {}", now, redisAt);
            long since = redisAnswers ? cluster.clock().nowMillis() : redisAwaySince;
            direction.tenure().failedOver(since, now);
        }
        redisAt = now;
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - renewedNanos >= RENEW_NANOS) {
            renewedNanos = now;
            noteFailover();
            renew();
        }
        if (now - lookedNanos >= LOOK_NANOS || direction.state().state() == State.PREPARING || eager()) {
            lookedNanos = now;
            roster = new Roster(cluster.leases().workers(), cluster.pools().counts());
            direction.tenure().look(roster);
        }
        LeaderLease held = lease;
        if (held != null) {
            leading = direction.tenure().taken();
            keeper.look(held);
            direction.proceed();
        }
    }

    /** Whether workers are about to come, or to say that they are prepared: just after its own start, and that of a run. */
    private boolean eager() {
        State state = direction.state().state();
        return (state == State.IDLE || state == State.PREPARING) && System.nanoTime() - askedNanos < EAGER_NANOS;
    }

    private void renew() {
        LeaderLease held = lease;
        if (held != null && held.renew()) {
            return;
        }
        Optional<LeaderLease> fresh =
                held == null && mustWait() ? Optional.empty() : cluster.leader().acquire(name);
        if (fresh.isPresent()) {
            boolean alone = held != null
                    && (fresh.get().lastToken() == held.token() || fresh.get().lastToken() == 0);
            lease = fresh.get();
            leader = null;
            LOG.info(
                    "Leading cluster {} (token {})", cluster.name(), fresh.get().token());
            direction.tenure().lead(fresh.get(), alone);
        } else if (held != null) {
            LOG.warn("Another orchestrator leads cluster {} now; this one stands by", cluster.name());
            lease = null;
            leading = false;
            direction.tenure().abandon();
        }
        if (lease == null) {
            standBy();
        }
    }

    private void standBy() {
        String other = cluster.leader().current().map(Leader.Holder::name).orElse(null);
        if (other != null && !other.equals(leader)) {
            LOG.info("Standing by: {} leads cluster {}", other, cluster.name());
            leader = other;
        }
        vacantNanos = other == null ? vacantNanos : System.nanoTime();
    }

    /**
     * Redis has lost its data if it knows of no leader although there was one: whoever led a moment ago is let go first, because
     * it knows what runs.
     */
    private boolean mustWait() {
        return leader != null && !cluster.leader().known() && System.nanoTime() - vacantNanos < AFTER_DATA_LOSS_NANOS;
    }
}

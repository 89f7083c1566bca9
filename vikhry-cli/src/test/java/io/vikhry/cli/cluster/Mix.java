package io.vikhry.cli.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A mix of blows, drawn by a seed: what happens when, to whom, and when it is over. Blows overlap, but to one party one happens at
 * a time. The same seed makes the same mix.
 */
final class Mix {
    private static final int LONGEST_MILLIS = 8_000;
    /** How long a process that was started while there was no Redis takes to give up. */
    private static final Duration SETTLING = Duration.ofSeconds(2);
    /** How long a worker may take to be heard again: to connect, and to renew its lease and send what it has. */
    private static final int UNHEARD_MILLIS = 2_500;

    private final long seed;
    private final List<Blow> blows = new ArrayList<>();

    /** What can happen to a party. */
    private enum Kind {
        KILL,
        TERMINATE,
        FREEZE,
        CUT,
        STALL,
        EMPTY
    }

    private static final List<Kind> TO_WORKERS = List.of(Kind.KILL, Kind.TERMINATE, Kind.FREEZE, Kind.CUT, Kind.STALL);
    private static final List<Kind> TO_THE_ORCHESTRATOR = List.of(Kind.KILL, Kind.FREEZE, Kind.CUT, Kind.STALL);
    private static final List<Kind> TO_REDIS = List.of(Kind.KILL, Kind.EMPTY, Kind.FREEZE);
    private static final String REDIS = "redis";
    private static final List<String> PARTIES = List.of("worker-1", "worker-2", "worker-2", "orchestrator", REDIS);

    private record Blow(String party, Kind kind, int atMillis, int untilMillis) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f-%.1f s %s %s",
                    atMillis / 1e3,
                    untilMillis / 1e3,
                    kind.name().toLowerCase(Locale.ROOT),
                    party);
        }
    }

    private record Turn(int atMillis, Blow blow, boolean begins) {}

    /** Blows that begin in {@code seconds}. */
    Mix(long seed, int seconds) {
        this.seed = seed;
        Random random = new Random(seed);
        for (int at = 0; at < seconds * 1000; at += 500 + random.nextInt(4_500)) {
            String party = PARTIES.get(random.nextInt(PARTIES.size()));
            List<Kind> kinds =
                    party.equals(REDIS) ? TO_REDIS : party.equals("orchestrator") ? TO_THE_ORCHESTRATOR : TO_WORKERS;
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            int until = at + 200 + random.nextInt(LONGEST_MILLIS);
            int now = at;
            if (blows.stream().noneMatch(b -> b.party.equals(party) && b.untilMillis >= now)) {
                blows.add(new Blow(party, kind, at, until));
            }
        }
    }

    /** Strikes all blows, and returns when all of them are over. */
    void strike(Trial trial) throws Exception {
        List<Turn> turns = new ArrayList<>();
        for (Blow blow : blows) {
            turns.add(new Turn(blow.atMillis, blow, true));
            turns.add(new Turn(blow.untilMillis, blow, false));
        }
        turns.sort(Comparator.comparingInt(Turn::atMillis));
        Set<String> away = new HashSet<>();
        long begun = System.nanoTime();
        for (Turn turn : turns) {
            long left = turn.atMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            Trial.pause(Duration.ofMillis(Math.max(0, left)));
            trial.keepRunning(away);
            if (turn.begins) {
                away.add(turn.blow.party);
                begin(trial, turn.blow);
            } else {
                end(trial, turn.blow);
                away.remove(turn.blow.party);
            }
        }
        Trial.pause(SETTLING);
        trial.keepRunning(away);
    }

    private static void begin(Trial trial, Blow blow) throws Exception {
        boolean redis = blow.party.equals(REDIS);
        switch (blow.kind) {
            case KILL, EMPTY -> {
                if (redis) {
                    trial.field().redis().kill();
                } else {
                    trial.process(blow.party).kill();
                }
            }
            case TERMINATE -> trial.process(blow.party).terminate();
            case FREEZE -> RealProcess.signal(pid(trial, blow), "-STOP");
            case CUT -> trial.way(blow.party).cut();
            case STALL -> trial.way(blow.party).stall();
        }
    }

    private static void end(Trial trial, Blow blow) throws Exception {
        boolean redis = blow.party.equals(REDIS);
        switch (blow.kind) {
            case KILL -> {
                if (redis) {
                    trial.field().redis().startAgain();
                } else {
                    trial.startAgain(blow.party);
                }
            }
            case EMPTY -> trial.field().redis().startEmpty();
            case TERMINATE -> {
                trial.process(blow.party).awaitEnd(Duration.ofSeconds(20));
                trial.startAgain(blow.party);
            }
            case FREEZE -> RealProcess.signal(pid(trial, blow), "-CONT");
            case CUT, STALL -> trial.way(blow.party).mend();
        }
    }

    private static long pid(Trial trial, Blow blow) {
        return blow.party.equals(REDIS)
                ? trial.field().redis().pid()
                : trial.process(blow.party).pid();
    }

    /** Whether a worker is killed just after it was cut off, before it could be heard again. */
    boolean killsTheUnheard() {
        return blows.stream()
                .filter(blow -> blow.kind == Kind.KILL && !blow.party.equals(REDIS))
                .anyMatch(kill -> blows.stream()
                        .anyMatch(cut -> (cut.kind == Kind.CUT || cut.kind == Kind.STALL)
                                && cut.party.equals(kill.party)
                                && cut.untilMillis <= kill.atMillis
                                && cut.untilMillis + UNHEARD_MILLIS > kill.atMillis));
    }

    long seed() {
        return seed;
    }

    int size() {
        return blows.size();
    }

    @Override
    public String toString() {
        return "mix with seed " + seed + ": " + blows;
    }
}

package io.vikhry.orchestrator.verdict;

import io.vikhry.orchestrator.verdict.Verdict.Level;
import io.vikhry.orchestrator.verdict.Verdict.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Goes through the evidence and puts each reason into words. */
final class Findings {
    /** Of a sort; the others are added up. */
    private static final int NAMED = 10;

    private final Evidence evidence;
    private final List<Reason> reasons = new ArrayList<>();

    Findings(Evidence evidence) {
        this.evidence = evidence;
    }

    Verdict verdict() {
        load();
        transport();
        generators();
        leash();
        reasons.sort(Comparator.comparing(Reason::level).reversed());
        return new Verdict(
                reasons.stream()
                        .map(Reason::level)
                        .max(Comparator.naturalOrder())
                        .orElse(Level.VALID),
                reasons);
    }

    /** Whether the load was what was asked for. */
    private void load() {
        if (evidence.cutShort() != null) {
            add("cut_short", Level.INVALID, "the run " + evidence.cutShort());
        }
        if (evidence.users() && evidence.samples() == 0) {
            add("nothing", Level.INVALID, "nothing was measured: no user ended a request or a step");
        }
        Evidence.Starts starts = evidence.starts();
        double failed = share(starts.failed(), starts.started());
        if (failed >= Verdict.FAILED_STARTS_SUSPECT) {
            add(
                    "failed_starts",
                    starts.failed() >= starts.started() ? Level.INVALID : Level.SUSPECT,
                    count(starts.failed()) + " of " + count(starts.started()) + " users (" + percent(failed)
                            + ") failed to start: see the errors of onInit and onStart");
        }
        Evidence.Arrivals arrivals = evidence.arrivals();
        if (arrivals != null) {
            long never = Math.max(0, arrivals.intended() - arrivals.started());
            grade(
                    "debt",
                    share(never, arrivals.intended()),
                    Verdict.DEBT_SUSPECT,
                    Verdict.DEBT_INVALID,
                    count(never) + " of " + count(arrivals.intended()) + " arrivals ("
                            + percent(share(never, arrivals.intended()))
                            + ") never began: allow more users, add workers, or lower the rate");
        }
        Evidence.Attendance attendance = evidence.attendance();
        if (attendance != null && attendance.wantedSeconds() > 0) {
            double present = Math.min(1, attendance.presentSeconds() / attendance.wantedSeconds());
            grade(
                    "absent_users",
                    1 - present,
                    Verdict.ABSENT_SUSPECT,
                    Verdict.ABSENT_INVALID,
                    "only " + percent(present) + " of the users asked for were at work, on average");
        }
    }

    /** Whether what was measured has arrived. */
    private void transport() {
        Evidence.Batches batches = evidence.arrived();
        if (batches.missing() > 0) {
            double missing = share(batches.missing(), batches.arrived() + batches.missing());
            grade(
                    "missing",
                    missing,
                    Double.MIN_VALUE,
                    Verdict.MISSING_INVALID,
                    count(batches.missing()) + " of " + count(batches.arrived() + batches.missing())
                            + " batches of the workers did not arrive: " + percent(1 - missing)
                            + " of the numbers are here");
        }
        if (evidence.silentSeconds() > 0) {
            add(
                    "silence",
                    Level.SUSPECT,
                    "for " + count(evidence.silentSeconds())
                            + " s no worker told anything: the charts have a gap there");
        }
        if (evidence.folded() > 0) {
            add(
                    "folded",
                    Level.SUSPECT,
                    count(evidence.folded())
                            + " samples are counted as (other), because there are too many names: what stands under a name"
                            + " may be a part of it, totals are right. Give requests whose path varies one name, as in"
                            + " .name(\"GET /objects/{id}\")");
        }
        if (evidence.unkept() > 0) {
            add(
                    "unkept",
                    Level.SUSPECT,
                    "the disk did not take " + count(evidence.unkept())
                            + " batches: totals are right, but a part of the run cannot be computed again from them");
        }
        evidence.interruptions().stream().limit(NAMED).forEach(this::interrupted);
        int more = evidence.interruptions().size() - NAMED;
        if (more > 0) {
            add("interrupted", Level.SUSPECT, more + " interruptions of other kinds: see interruptions in the report");
        }
        List<Evidence.Lost> named = evidence.lost().stream()
                .limit(NAMED)
                .takeWhile(lost -> !lost.id().isEmpty())
                .toList();
        named.forEach(lost -> lost(lost.id() + " was lost" + often(lost.times()), lost));
        Evidence.Lost others =
                evidence.lost().stream().skip(named.size()).reduce(new Evidence.Lost("", 0, 0, 0), Evidence.Lost::and);
        if (others.times() > 0) {
            lost("other workers were lost" + often(others.times()), others);
        }
    }

    private void interrupted(Evidence.Interrupted what) {
        String lasted = what.seconds() == 0
                ? ""
                : " (" + number(what.seconds()) + " s" + (what.times() == 1 ? "" : " in all") + ")";
        add(
                "interrupted",
                Level.SUSPECT,
                what.what() + often(what.times()) + lasted + ": the load may have differed from the plan");
    }

    private void lost(String who, Evidence.Lost lost) {
        double missing = share(lost.samples(), evidence.samples() + lost.samples());
        add(
                "lost_worker",
                Level.SUSPECT,
                who
                        + (lost.seconds() == 0
                                ? ""
                                : ", and with " + (lost.id().isEmpty() ? "them" : "it") + " up to "
                                        + number(lost.seconds()) + " s of its numbers")
                        + ": " + percent(1 - missing) + " of the samples are here; "
                        + (lost.id().isEmpty() ? "their" : "its")
                        + " users went on where workers were left");
    }

    private String often(int times) {
        return times == 1 ? "" : " " + count(times) + " times";
    }

    /** Whether the generators were up to it. */
    private void generators() {
        for (Evidence.Generator worker : evidence.workers()) {
            if (worker.parkedSeconds() > 0) {
                add(
                        "parked",
                        Level.SUSPECT,
                        worker.id() + " had no lease for " + count(worker.parkedSeconds())
                                + " s, and its users stood still: Redis did not answer it");
            }
            long bad = worker.lagging() + worker.saturated();
            boolean saturated = worker.saturated() >= Verdict.SATURATED_SECONDS
                    && share(worker.saturated(), worker.seconds()) >= Verdict.SATURATED_SUSPECT;
            boolean lagging = bad >= Verdict.LAGGING_SECONDS && share(bad, worker.seconds()) >= Verdict.LAGGING_SUSPECT;
            if (saturated || lagging) {
                add(
                        "generator",
                        Level.SUSPECT,
                        worker.id() + " was saturated for " + count(worker.saturated()) + " and lagging for "
                                + count(worker.lagging()) + " of " + count(worker.seconds())
                                + " s, and latencies then contain its own delays (at worst " + worker.why()
                                + "): use fewer users for it, more workers, or a machine less busy");
            }
            if (worker.clockMovedMillis() >= Verdict.CLOCK_MILLIS) {
                add(
                        "clock",
                        Level.SUSPECT,
                        worker.id() + "'s clock moved by " + number(worker.clockMovedMillis() / 1000)
                                + " s: its samples may stand in a wrong second; totals are right");
            }
            if (worker.fallback()) {
                add(
                        "fallback",
                        Level.SUSPECT,
                        worker.id() + " ran on the fallback scheduler, which adds delays that nobody measures:"
                                + " start it by the vikhry command");
            }
        }
        if (evidence.hogs().count()
                > Verdict.HOGS_EACH * Math.max(1, evidence.workers().size())) {
            add(
                    "loop_held",
                    Level.SUSPECT,
                    "the scenario held a loop " + count(evidence.hogs().count())
                            + " times, and other users waited for it: "
                            + evidence.hogs().where());
        }
    }

    /** Whether the run's own limits changed the load. */
    private void leash() {
        Evidence.Held held = evidence.held();
        double share = share(held.requests(), held.all());
        if (share >= Verdict.HELD_SUSPECT) {
            add(
                    "held_back",
                    Level.SUSPECT,
                    "the limit of requests per second held back " + percent(Math.min(1, share))
                            + " of the requests, by "
                            + number((double) held.millis() / held.requests())
                            + " ms on average: response times contain that, service times do not");
        }
        if (evidence.refused() > 0) {
            add(
                    "refused",
                    Level.SUSPECT,
                    count(evidence.refused()) + " requests were not sent: their host is not among the allowed ones");
        }
    }

    private void grade(String code, double value, double suspect, double invalid, String text) {
        if (value >= suspect) {
            add(code, value >= invalid ? Level.INVALID : Level.SUSPECT, text);
        }
    }

    private void add(String code, Level level, String text) {
        reasons.add(new Reason(code, level, text));
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%,.0f", value);
    }

    /** Never rounded to a whole that it is not. */
    private static String percent(double share) {
        double percent = 100 * share;
        if (percent <= 0 || percent >= 100) {
            return percent <= 0 ? "0 %" : "100 %";
        }
        double shown = percent > 50 ? Math.min(99.99, percent) : Math.max(0.01, percent);
        return String.format(Locale.ROOT, shown > 99 || shown < 1 ? "%.2f %%" : "%.1f %%", shown);
    }
}

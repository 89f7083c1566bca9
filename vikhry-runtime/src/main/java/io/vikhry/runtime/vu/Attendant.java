package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Loop;
import java.util.concurrent.locks.LockSupport;

/**
 * One user in the service of an {@link ArrivalLine}: one step for each arrival that it is given, from the arrival's intended
 * time on, until the user ends; nothing runs beside anything.
 *
 * <p>The line asks {@link #give} on its loop; the rest belongs to the user's thread. {@link #given} is set on the loop while it
 * is empty and emptied by the user's thread alone, so an arrival is served once, or given back once.
 */
final class Attendant {
    private final ArrivalLine line;
    private final Turns turns;
    private final Vigil vigil;
    private final Thread thread;
    /** When the arrival that the user was given is intended, or {@link ArrivalLine#NONE}. */
    private volatile long given = ArrivalLine.NONE;
    /** Whether it takes no arrivals any more; on the loop only. */
    private boolean left;
    /** Whether it has begun to serve any; on the user's thread only. */
    private boolean served;

    /** The attendant that the calling thread is. */
    Attendant(ArrivalLine line, Turns turns, Vigil vigil) {
        this.line = line;
        this.turns = turns;
        this.vigil = vigil;
        this.thread = Thread.currentThread();
    }

    /** Serves until the user is to end. */
    void serve() {
        onLoop(line::prepared);
        try {
            Runnable ask = this::ask;
            Runnable start = this::start;
            while (!vigil.isOver()) {
                serve(ask, start);
            }
        } finally {
            onLoop(this::leave);
        }
    }

    /** Whether it has begun to serve any arrival. */
    boolean hasServed() {
        return served;
    }

    /** Serves for some {@link Turns#ROUNDS}. */
    private void serve(Runnable ask, Runnable start) {
        for (int round = 0; round < Turns.ROUNDS && !vigil.isOver(); round++) {
            onLoop(ask);
            if (turns.runOne(awaitArrival(), start)) {
                line.completed();
            }
        }
    }

    /** On the loop: gives it an arrival to serve; false if it has left. */
    boolean give(long intendedNanos) {
        if (left) {
            return false;
        }
        given = intendedNanos;
        LockSupport.unpark(thread);
        return true;
    }

    private void ask() {
        long next = line.next(this);
        if (next != ArrivalLine.NONE) {
            given = next;
            if (Thread.currentThread() != thread) {
                LockSupport.unpark(thread);
            }
        }
    }

    /** When the next arrival is intended, once there is one and the worker has its lease; of no meaning if the user ends. */
    private long awaitArrival() {
        while (given == ArrivalLine.NONE && !vigil.isOver()) {
            vigil.doing("waiting for an arrival");
            vigil.park();
        }
        if (!vigil.mayWork()) {
            vigil.awaitFence();
        }
        return given;
    }

    private void start() {
        given = ArrivalLine.NONE;
        served = true;
        line.started();
    }

    private void leave() {
        left = true;
        if (given != ArrivalLine.NONE) {
            line.giveBack(given);
        }
    }

    private void onLoop(Runnable action) {
        Loop loop = line.loop();
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }
}

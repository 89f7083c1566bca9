package io.vikhry.orchestrator.run;

/** How finely users are dealt out: one by one at first and at the end, in between in parts of what is there already. */
final class Pieces {
    /** A piece is at most this part of what a worker has already. */
    private static final int FINENESS = 64;

    private final int workers;
    private long dealt;
    private long left;

    Pieces(long dealt, long left, int workers) {
        this.dealt = dealt;
        this.left = left;
        this.workers = workers;
    }

    /** The size of the next piece, of a range of {@code range} users. */
    int next(int range) {
        long fine = Math.min(dealt / ((long) FINENESS * workers), left / (4L * workers));
        return workers == 1 ? range : (int) Math.clamp(fine, 1, range);
    }

    void dealt(int users) {
        dealt += users;
        left -= users;
    }
}

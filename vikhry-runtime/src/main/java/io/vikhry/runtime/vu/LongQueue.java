package io.vikhry.runtime.vu;

/** Numbers in the order they came; a ring that grows and keeps its size, so that it allocates nothing once it is large enough. */
final class LongQueue {
    private long[] ring = new long[64];
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds at the end. */
    void add(long value) {
        room();
        ring[(head + size++) & (ring.length - 1)] = value;
    }

    /** Adds in front: it is the next one. */
    void addFirst(long value) {
        room();
        head = (head - 1) & (ring.length - 1);
        ring[head] = value;
        size++;
    }

    /** Takes the first; there must be one. */
    long poll() {
        if (size == 0) {
            throw new IllegalStateException("empty");
        }
        long value = ring[head];
        head = (head + 1) & (ring.length - 1);
        size--;
        return value;
    }

    private void room() {
        if (size == ring.length) {
            long[] larger = new long[2 * size];
            System.arraycopy(ring, head, larger, 0, size - head);
            System.arraycopy(ring, 0, larger, size - head, head);
            ring = larger;
            head = 0;
        }
    }
}

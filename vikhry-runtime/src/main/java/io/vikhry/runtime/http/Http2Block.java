package io.vikhry.runtime.http;

/**
 * A compressed block of headers (RFC 7541), looked through without unpacking it: what reading it does to the table of the
 * compression. The block was read before, so it is well-formed.
 */
final class Http2Block {
    /** What {@link #insertions} says of a block that may mean something else the next time. */
    static final int CHANGES = -1;

    /** The part of the table that never changes. */
    private static final int STATIC = 61;

    private final byte[] bytes;
    private int at;

    private Http2Block(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * How many headers the block adds to the table each time it is read, where it means the same each time that it comes right
     * after itself; else {@link #CHANGES}.
     */
    static int insertions(byte[] bytes) {
        return new Http2Block(bytes).insertions();
    }

    private int insertions() {
        int inserted = 0;
        boolean refersToInserted = false;
        while (at < bytes.length) {
            int first = bytes[at] & 0xff;
            if (first >= 0x80) {
                refersToInserted |= number(0x7f) > STATIC;
            } else if (first >= 0x20 && first < 0x40) {
                return CHANGES;
            } else {
                boolean inserts = first >= 0x40;
                int name = number(inserts ? 0x3f : 0x0f);
                refersToInserted |= name > STATIC;
                if (name == 0) {
                    skipText();
                }
                skipText();
                inserted += inserts ? 1 : 0;
            }
        }
        return inserted > 0 && refersToInserted ? CHANGES : inserted;
    }

    private void skipText() {
        int length = number(0x7f);
        at += length;
    }

    /** A number of which {@code mask} is the part in the first byte. */
    private int number(int mask) {
        int number = bytes[at++] & mask;
        if (number == mask) {
            int more;
            int shift = 0;
            do {
                more = bytes[at++];
                number += (more & 0x7f) << shift;
                shift += 7;
            } while (more < 0);
        }
        return number;
    }
}

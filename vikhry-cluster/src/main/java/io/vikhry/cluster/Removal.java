package io.vikhry.cluster;

/** What came of taking a pool or an item away. */
public enum Removal {
    /** It is done. */
    DONE,
    /** There is no such pool or item. */
    NONE,
    /** Refused: someone holds it, or a run is on. */
    HELD
}

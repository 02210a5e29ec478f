package io.wsprotocol.fuzz;

/**
 * UTF-8 as RFC 3629 §3 describes it, by arithmetic: bytes may stand as long as they begin the encoding of some code point. Written
 * apart from the engine's automaton. Not thread-safe: confine to one thread or guard with one lock.
 */
final class PlainUtf8 {

    private static final int LAST_CODE_POINT = 0x10FFFF;
    private static final int BITS = 6;

    /** Bytes of the code point in progress. */
    private int size;
    /** How many of them are still to come. */
    private int rest;
    /** The bits of the code point so far. */
    private int value;

    void reset() {
        rest = 0;
    }

    /** {@return whether no code point is in progress} */
    boolean complete() {
        return rest == 0;
    }

    /** {@return whether the byte can stand here; if not, nothing has changed} */
    boolean take(byte next) {
        int b = next & 0xFF;
        if (rest > 0) {
            return (b & 0xC0) == 0x80 && step(size, rest - 1, value << BITS | (b & 0x3F));
        }
        if (b < 0x80) {
            return true;
        }
        int leading = Integer.numberOfLeadingZeros(~b << 24);
        return leading >= 2 && leading <= 4 && step(leading, leading - 1, b & (0x7F >> leading));
    }

    private boolean step(int newSize, int newRest, int newValue) {
        int lowest = newValue << (BITS * newRest);
        int highest = lowest | ((1 << (BITS * newRest)) - 1);
        int shortest = newSize == 2 ? 0x80 : newSize == 3 ? 0x800 : 0x10000;
        boolean surrogates = lowest >= 0xD800 && highest <= 0xDFFF;
        if (highest < shortest || lowest > LAST_CODE_POINT || surrogates) {
            return false;
        }
        size = newSize;
        rest = newRest;
        value = newValue;
        return true;
    }
}

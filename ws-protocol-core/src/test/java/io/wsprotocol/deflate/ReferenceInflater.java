package io.wsprotocol.deflate;

import java.util.Arrays;

/**
 * The judge of what is DEFLATE and what it stands for: RFC 1951 bit by bit, one message at a time, with no table, no state between two
 * calls, and nothing in common with what it judges. Slow, and meant to be.
 */
final class ReferenceInflater {

    /** What became of a message. */
    enum Verdict {
        /** Ends behind the header of a stored block, as RFC 7692 §7.2.1 leaves it. */
        WHOLE,
        /** Good as far as it goes, and ends elsewhere. */
        CUT,
        /** Not DEFLATE, or refers to what is out of reach. */
        CORRUPT
    }

    private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private final byte[] in;
    private final byte[] history;
    private final int window;
    private byte[] grown = new byte[1024];
    private int length;
    private int farthest;
    private long bit;
    private final Verdict verdict;

    /** Inflates a message from which the tail was dropped, behind that history, with a window of that many bits. */
    ReferenceInflater(byte[] message, byte[] history, int windowBits) {
        this.in = message;
        this.history = history;
        this.window = 1 << windowBits;
        Verdict found;
        try {
            found = blocks();
        } catch (EndOfInput e) {
            found = Verdict.CUT;
        } catch (Corrupt e) {
            found = Verdict.CORRUPT;
        }
        verdict = found;
    }

    Verdict verdict() {
        return verdict;
    }

    /** {@return what came out, until the end or until the fault} */
    byte[] output() {
        return Arrays.copyOf(grown, length);
    }

    /** {@return the farthest reference back, in bytes} */
    int farthest() {
        return farthest;
    }

    private Verdict blocks() {
        while (true) {
            boolean last = bits(1) == 1;
            int type = bits(2);
            switch (type) {
                case 0 -> {
                    align();
                    if (bit == 8L * in.length) {
                        return Verdict.WHOLE;
                    }
                    stored();
                }
                case 1 -> symbols(fixedLiterals(), fixedDistances());
                case 2 -> dynamic();
                default -> throw new Corrupt();
            }
            if (last) {
                align();
            }
        }
    }

    private void stored() {
        int size = bits(16);
        if ((bits(16) ^ size) != 0xFFFF) {
            throw new Corrupt();
        }
        for (int i = 0; i < size; i++) {
            put((byte) bits(8));
        }
    }

    private static int[] fixedLiterals() {
        int[] lengths = new int[288];
        for (int i = 0; i < 288; i++) {
            lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
        }
        return lengths;
    }

    private static int[] fixedDistances() {
        int[] lengths = new int[32];
        Arrays.fill(lengths, 5);
        return lengths;
    }

    private void dynamic() {
        int literals = bits(5) + 257;
        int distances = bits(5) + 1;
        int codes = bits(4) + 4;
        if (literals > 286 || distances > 30) {
            throw new Corrupt();
        }
        int[] codeLengths = new int[19];
        for (int i = 0; i < codes; i++) {
            codeLengths[ORDER[i]] = bits(3);
        }
        check(codeLengths, false);
        int[] lengths = new int[literals + distances];
        for (int i = 0; i < lengths.length; ) {
            int symbol = symbol(codeLengths);
            int value = symbol < 16 ? symbol : 0;
            int times = 1;
            if (symbol == 16) {
                if (i == 0) {
                    bits(2);
                    throw new Corrupt();
                }
                value = lengths[i - 1];
                times = 3 + bits(2);
            } else if (symbol == 17) {
                times = 3 + bits(3);
            } else if (symbol == 18) {
                times = 11 + bits(7);
            }
            if (i + times > lengths.length) {
                throw new Corrupt();
            }
            Arrays.fill(lengths, i, i + times, value);
            i += times;
        }
        int[] literalLengths = Arrays.copyOf(lengths, literals);
        int[] distanceLengths = Arrays.copyOfRange(lengths, literals, lengths.length);
        if (literalLengths[256] == 0) {
            throw new Corrupt();
        }
        check(literalLengths, true);
        check(distanceLengths, true);
        symbols(literalLengths, distanceLengths);
    }

    /** A code uses up all patterns, or has one symbol or none. */
    private static void check(int[] lengths, boolean mayBeSingle) {
        int used = 0;
        int symbols = 0;
        int longest = 0;
        for (int each : lengths) {
            if (each > 0) {
                used += 1 << (15 - each);
                symbols++;
                longest = Math.max(longest, each);
            }
        }
        boolean single = mayBeSingle && symbols == 1 && longest == 1;
        if (used != 1 << 15 && symbols != 0 && !single) {
            throw new Corrupt();
        }
    }

    private void symbols(int[] literals, int[] distances) {
        while (true) {
            int symbol = symbol(literals);
            if (symbol == 256) {
                return;
            }
            if (symbol < 256) {
                put((byte) symbol);
                continue;
            }
            if (symbol > 285) {
                throw new Corrupt();
            }
            int n = symbol - 257;
            int size = symbol == 285 ? 258 : n < 8 ? 3 + n : 3 + ((4 + n % 4) << (n / 4 - 1)) + bits(n / 4 - 1);
            int m = symbol(distances);
            if (m > 29) {
                throw new Corrupt();
            }
            int distance = m < 4 ? 1 + m : 1 + ((2 + m % 2) << (m / 2 - 1)) + bits(m / 2 - 1);
            farthest = Math.max(farthest, distance);
            if (distance > window || distance > length + history.length) {
                throw new Corrupt();
            }
            for (int i = 0; i < size; i++) {
                int from = length - distance;
                put(from >= 0 ? grown[from] : history[history.length + from]);
            }
        }
    }

    /** Reads one code, first bit highest, by counting up the codes of each length (RFC 1951 §3.2.2). */
    private int symbol(int[] lengths) {
        int code = 0;
        int first = 0;
        for (int size = 1; size <= 15; size++) {
            code = code << 1 | bits(1);
            first <<= 1;
            int next = first;
            for (int symbol = 0; symbol < lengths.length; symbol++) {
                if (lengths[symbol] == size && next++ == code) {
                    return symbol;
                }
            }
            first = next;
            if (size == 1 && Arrays.stream(lengths).filter(each -> each > 0).count() <= 1 && atMostOneBit(lengths)) {
                throw new Corrupt(); // one code or none, and this is not it
            }
        }
        throw new Corrupt();
    }

    private static boolean atMostOneBit(int[] lengths) {
        return Arrays.stream(lengths).allMatch(each -> each <= 1);
    }

    private void put(byte value) {
        if (length == grown.length) {
            grown = Arrays.copyOf(grown, 2 * length);
        }
        grown[length++] = value;
    }

    private void align() {
        bit = (bit + 7) / 8 * 8;
    }

    private int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            if (bit >= 8L * in.length) {
                throw new EndOfInput();
            }
            value |= (in[(int) (bit >> 3)] >> (bit & 7) & 1) << i;
            bit++;
        }
        return value;
    }

    private static final class EndOfInput extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EndOfInput() {
            super(null, null, false, false);
        }
    }

    private static final class Corrupt extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Corrupt() {
            super(null, null, false, false);
        }
    }
}

package io.wsprotocol.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes DEFLATE blocks (RFC 1951) from input that comes in pieces into output that leaves in slices, and knows where in a block it
 * stands, which the inflater of the JDK does not tell: that a message ends between blocks can only be checked here. Allocates nothing
 * once made. HOT. Not thread-safe: confine to one thread or guard with one lock.
 *
 * <p>A symbol is taken when all of its bits are there, so that there is no state inside one. Blocks behind one with BFINAL set are
 * read on, with the history kept (RFC 7692 §7.2.3.4).
 */
final class BlockDecoder {

    /** The most bytes of a slice. */
    static final int SLICE_BYTES = 16 << 10;
    /** The most bytes that one symbol stands for. */
    static final int LONGEST_MATCH = 258;

    /** {@link #decode()}: all input is consumed. */
    static final int NEEDS_INPUT = 0;
    /** {@link #decode()}: the slice is full. */
    static final int SLICE_FULL = 1;
    /** {@link #decode()}: this is not DEFLATE, or refers to what is out of reach. It stays so. */
    static final int CORRUPT = 2;

    private static final int WINDOW_BYTES = 1 << DeflateParameters.MOST_BITS;
    /** Bytes that may be written past the end of a match, and read past the end of a word. */
    private static final int OVERSHOOT = Long.BYTES;
    /** Room that the fast loop needs: three literals and a match. */
    private static final int FAST_OUTPUT = LONGEST_MATCH + 3;
    /** Input that the fast loop needs: two words. */
    private static final int FAST_INPUT = 2 * Long.BYTES;

    /** The order in which lengths of code lengths stand in a block (RFC 1951 §3.2.7). */
    private static final byte[] CODE_LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private static final byte[] NOTHING = {};

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private enum State {
        BLOCK_HEADER,
        STORED_LENGTH,
        STORED_BODY,
        CODE_COUNTS,
        CODE_LENGTHS,
        SYMBOL_LENGTHS,
        SYMBOLS,
        FAILED
    }

    private final byte[] buffer = new byte[WINDOW_BYTES + SLICE_BYTES + OVERSHOOT];
    private final ByteBuffer view = ByteBuffer.wrap(buffer);
    private final HuffmanTable ownLiterals = SymbolTables.literals();
    private final HuffmanTable ownDistances = SymbolTables.distances();
    private final HuffmanTable codeLengths = SymbolTables.codeLengths();
    private final byte[] lengths = new byte[SymbolTables.LITERALS + SymbolTables.DISTANCES];

    private HuffmanTable literals = SymbolTables.FIXED_LITERALS;
    private HuffmanTable distances = SymbolTables.FIXED_DISTANCES;

    private State state = State.BLOCK_HEADER;
    private byte[] input = NOTHING;
    private int in;
    private int inStart;
    private int inEnd;
    private long consumedBefore;
    /** Input bits that are taken out of {@link #input} and not used yet, the next one lowest; none above {@link #bitCount}. */
    private long bits;

    private int bitCount;

    private int window = WINDOW_BYTES;
    /** Where what may be referred to begins. */
    private int historyStart;

    private int sliceStart;
    /** From where on {@link #SLICE_BYTES} may be filled before {@link #SLICE_FULL}, so that it comes at the same places whatever the cuts. */
    private int fillStart;

    private int out;
    private boolean full;
    private boolean finalBlock;

    private int storedLeft;
    private int literalCount;
    private int distanceCount;
    private int codeLengthCount;
    private int lengthIndex;

    /**
     * Starts over, at the beginning of a message.
     *
     * @param history what messages before left to refer to
     * @param historyBytes how much of it there is, at most the window
     * @param windowBits how far back references may go
     */
    void begin(byte[] history, int historyBytes, int windowBits) {
        state = State.BLOCK_HEADER;
        bits = 0;
        bitCount = 0;
        finalBlock = false;
        window = 1 << windowBits;
        System.arraycopy(history, 0, buffer, 0, historyBytes);
        historyStart = 0;
        sliceStart = historyBytes;
        fillStart = historyBytes;
        out = historyBytes;
        full = false;
        consumedBefore = 0;
        input(NOTHING, 0, 0);
    }

    /** Gives the next piece of input; what it had before is consumed. */
    void input(byte[] array, int offset, int length) {
        input = array;
        in = offset;
        inStart = offset;
        inEnd = offset + length;
    }

    /** {@return the bytes of input that what came out was made of, the last one counted whole} */
    long consumed() {
        return consumedBefore + (in - inStart) - (bitCount >>> 3);
    }

    /** {@return {@link #NEEDS_INPUT}, {@link #SLICE_FULL} or {@link #CORRUPT}} Decodes as far as it can go. */
    int decode() {
        int result;
        do {
            result = step();
        } while (result < 0);
        if (result == CORRUPT) {
            state = State.FAILED;
        }
        if (result == SLICE_FULL) {
            full = true;
        } else {
            consumedBefore += in - inStart;
            input(NOTHING, 0, 0);
        }
        return result;
    }

    /**
     * {@return whether a message may end here: behind the header of an empty stored block, whose four other bytes the sender drops
     * (RFC 7692 §7.2.1)}
     */
    boolean mayEnd() {
        return state == State.STORED_LENGTH && bitCount == 0;
    }

    /** {@return how much of the slice is filled} */
    int sliceBytes() {
        return out - sliceStart;
    }

    /** {@return the slice, valid until {@link #nextSlice()}} */
    ByteBuffer slice() {
        return view.limit(out).position(sliceStart);
    }

    /** Begins a new slice behind the one before, which becomes history. */
    void nextSlice() {
        if (full) {
            full = false;
            int kept = Math.min(out - historyStart, window);
            if (out > WINDOW_BYTES) {
                System.arraycopy(buffer, out - kept, buffer, 0, kept);
                out = kept;
            }
            historyStart = out - kept;
            fillStart = out;
        }
        sliceStart = out;
    }

    /** {@return how many bytes of output, and of the history before it, a later message may refer to} */
    int historyBytes() {
        return Math.min(out - historyStart, window);
    }

    /** Copies the latest bytes, as many as {@link #historyBytes()} said. */
    void copyHistory(byte[] target, int length) {
        System.arraycopy(buffer, out - length, target, 0, length);
    }

    // ---- block by block ----

    /** {@return a result of {@link #decode()}, or less than 0 to go on} */
    private int step() {
        return switch (state) {
            case BLOCK_HEADER -> blockHeader();
            case STORED_LENGTH -> storedLength();
            case STORED_BODY -> storedBody();
            case CODE_COUNTS -> codeCounts();
            case CODE_LENGTHS -> codeLengths();
            case SYMBOL_LENGTHS -> symbolLengths();
            case SYMBOLS -> symbols();
            case FAILED -> CORRUPT;
        };
    }

    private int blockHeader() {
        if (finalBlock) {
            // RFC 7692 §7.2.3.4: a block that ends the stream leaves the rest of its last byte unused
            drop(bitCount & 7);
            finalBlock = false;
        }
        if (!refill(3)) {
            return NEEDS_INPUT;
        }
        finalBlock = take(1) != 0;
        switch (take(2)) {
            case 0 -> {
                drop(bitCount & 7);
                return go(State.STORED_LENGTH);
            }
            case 1 -> {
                literals = SymbolTables.FIXED_LITERALS;
                distances = SymbolTables.FIXED_DISTANCES;
                return go(State.SYMBOLS);
            }
            case 2 -> {
                return go(State.CODE_COUNTS);
            }
            default -> {
                return CORRUPT;
            }
        }
    }

    private int storedLength() {
        if (!refill(32)) {
            return NEEDS_INPUT;
        }
        storedLeft = take(16);
        return take(16) == (~storedLeft & 0xFFFF) ? go(State.STORED_BODY) : CORRUPT;
    }

    private int storedBody() {
        while (storedLeft > 0) {
            int room = fillStart + SLICE_BYTES - out;
            if (room == 0) {
                return SLICE_FULL;
            }
            if (bitCount > 0) {
                buffer[out++] = (byte) take(8);
                storedLeft--;
                continue;
            }
            int length = Math.min(Math.min(storedLeft, inEnd - in), room);
            if (length == 0) {
                return NEEDS_INPUT;
            }
            System.arraycopy(input, in, buffer, out, length);
            in += length;
            out += length;
            storedLeft -= length;
        }
        return go(State.BLOCK_HEADER);
    }

    private int codeCounts() {
        if (!refill(14)) {
            return NEEDS_INPUT;
        }
        literalCount = take(5) + 257;
        distanceCount = take(5) + 1;
        codeLengthCount = take(4) + 4;
        if (literalCount > SymbolTables.LITERALS || distanceCount > SymbolTables.DISTANCES) {
            return CORRUPT;
        }
        lengthIndex = 0;
        return go(State.CODE_LENGTHS);
    }

    private int codeLengths() {
        while (lengthIndex < codeLengthCount) {
            if (!refill(3)) {
                return NEEDS_INPUT;
            }
            lengths[CODE_LENGTH_ORDER[lengthIndex++]] = (byte) take(3);
        }
        while (lengthIndex < SymbolTables.CODE_LENGTHS) {
            lengths[CODE_LENGTH_ORDER[lengthIndex++]] = 0;
        }
        lengthIndex = 0;
        return codeLengths.build(lengths, 0, SymbolTables.CODE_LENGTHS, false) ? go(State.SYMBOL_LENGTHS) : CORRUPT;
    }

    private int symbolLengths() {
        int all = literalCount + distanceCount;
        while (lengthIndex < all) {
            refill(14);
            int entry = codeLengths.entries[(int) bits & ((1 << codeLengths.bits) - 1)];
            int codeBits = entry & HuffmanTable.LENGTH;
            int symbol = entry >>> HuffmanTable.VALUE_SHIFT;
            int extra = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
            if (codeBits > bitCount) {
                return NEEDS_INPUT;
            }
            if ((entry & HuffmanTable.INVALID) != 0) {
                return CORRUPT;
            }
            if (codeBits + extra > bitCount) {
                return NEEDS_INPUT;
            }
            drop(codeBits);
            if (!addLengths(symbol, take(extra), all)) {
                return CORRUPT;
            }
        }
        boolean endsBlock = lengths[SymbolTables.END_OF_BLOCK] != 0;
        if (!endsBlock
                || !ownLiterals.build(lengths, 0, literalCount, true)
                || !ownDistances.build(lengths, literalCount, distanceCount, true)) {
            return CORRUPT;
        }
        literals = ownLiterals;
        distances = ownDistances;
        return go(State.SYMBOLS);
    }

    /** {@return whether that many lengths are still missing} RFC 1951 §3.2.7: 16 repeats the one before, 17 and 18 are runs of zero. */
    private boolean addLengths(int symbol, int extra, int all) {
        byte length = 0;
        int times = 1;
        switch (symbol) {
            case 16 -> {
                if (lengthIndex == 0) {
                    return false;
                }
                length = lengths[lengthIndex - 1];
                times = 3 + extra;
            }
            case 17 -> times = 3 + extra;
            case 18 -> times = 11 + extra;
            default -> length = (byte) symbol;
        }
        if (lengthIndex + times > all) {
            return false;
        }
        for (; times > 0; times--) {
            lengths[lengthIndex++] = length;
        }
        return true;
    }

    // ---- symbols ----

    private int symbols() {
        int sliceEnd = fillStart + SLICE_BYTES;
        while (out <= sliceEnd - LONGEST_MATCH) {
            if (inEnd - in >= FAST_INPUT && out <= sliceEnd - FAST_OUTPUT) {
                int result = fastSymbols(sliceEnd - FAST_OUTPUT);
                if (result != NEEDS_INPUT) {
                    return result;
                }
                continue;
            }
            int result = symbol();
            if (result != SLICE_FULL) {
                return result;
            }
        }
        return SLICE_FULL;
    }

    /** {@return {@link #SLICE_FULL} when it has decoded one symbol} With as few bits as there may be at the end of the input. */
    private int symbol() {
        refill(64 - Byte.SIZE);
        int entry = lookUp(literals, bits);
        int used = entry & HuffmanTable.LENGTH;
        if (used > bitCount) {
            return NEEDS_INPUT;
        }
        if ((entry & HuffmanTable.LITERAL) != 0) {
            drop(used);
            buffer[out++] = (byte) (entry >>> HuffmanTable.VALUE_SHIFT);
            return SLICE_FULL;
        }
        if ((entry & HuffmanTable.END_OF_BLOCK) != 0) {
            drop(used);
            return go(State.BLOCK_HEADER);
        }
        return (entry & HuffmanTable.INVALID) != 0 ? CORRUPT : match(entry, used);
    }

    private int match(int lengthEntry, int lengthBits) {
        int extra = extraBits(lengthEntry);
        int length = value(lengthEntry, bits >>> lengthBits);
        int used = lengthBits + extra;
        int entry = lookUp(distances, bits >>> used);
        used += entry & HuffmanTable.LENGTH;
        if (used > bitCount) {
            return NEEDS_INPUT;
        }
        if ((entry & HuffmanTable.INVALID) != 0) {
            return CORRUPT;
        }
        int distance = value(entry, bits >>> used);
        used += extraBits(entry);
        if (used > bitCount) {
            return NEEDS_INPUT;
        }
        if (distance > Math.min(window, out - historyStart)) {
            return CORRUPT;
        }
        drop(used);
        copy(buffer, out, distance, length);
        out += length;
        return SLICE_FULL;
    }

    /*
     * Two words of input and room for three literals and a match are there in each round, so that nothing is checked in between. A round
     * begins with at least 56 bits, three literals take at most 45, and a length with its distance at most 48, for which it fills up again.
     */
    private int fastSymbols(int outLimit) {
        byte[] source = input;
        byte[] target = buffer;
        int[] literalEntries = literals.entries;
        int literalMask = (1 << literals.bits) - 1;
        int from = in;
        int fromLimit = inEnd - FAST_INPUT;
        int to = out;
        long word = bits;
        int count = bitCount;
        int result = NEEDS_INPUT;
        while (from <= fromLimit && to <= outLimit) {
            word |= (long) LONG.get(source, from) << count;
            from += (63 - count) >>> 3;
            count |= 56;
            int entry = literalEntries[(int) word & literalMask];
            if ((entry & HuffmanTable.LITERAL) != 0) {
                word >>>= entry;
                count -= entry & HuffmanTable.LENGTH;
                target[to++] = (byte) (entry >>> HuffmanTable.VALUE_SHIFT);
                entry = literalEntries[(int) word & literalMask];
                if ((entry & HuffmanTable.LITERAL) != 0) {
                    word >>>= entry;
                    count -= entry & HuffmanTable.LENGTH;
                    target[to++] = (byte) (entry >>> HuffmanTable.VALUE_SHIFT);
                    entry = literalEntries[(int) word & literalMask];
                    if ((entry & HuffmanTable.LITERAL) != 0) {
                        word >>>= entry;
                        count -= entry & HuffmanTable.LENGTH;
                        target[to++] = (byte) (entry >>> HuffmanTable.VALUE_SHIFT);
                        continue;
                    }
                }
                word |= (long) LONG.get(source, from) << count;
                from += (63 - count) >>> 3;
                count |= 56;
            }
            if ((entry & HuffmanTable.LINK) != 0) {
                entry = lookUp(literals, word);
            }
            int used = entry & HuffmanTable.LENGTH;
            if ((entry & (HuffmanTable.LITERAL | HuffmanTable.END_OF_BLOCK | HuffmanTable.INVALID)) != 0) {
                word >>>= used;
                count -= used;
                if ((entry & HuffmanTable.LITERAL) != 0) {
                    target[to++] = (byte) (entry >>> HuffmanTable.VALUE_SHIFT);
                    continue;
                }
                result = (entry & HuffmanTable.INVALID) != 0 ? CORRUPT : go(State.BLOCK_HEADER);
                break;
            }
            int length = value(entry, word >>> used);
            used += extraBits(entry);
            entry = lookUp(distances, word >>> used);
            used += entry & HuffmanTable.LENGTH;
            int distance = value(entry, word >>> used);
            used += extraBits(entry);
            if ((entry & HuffmanTable.INVALID) != 0 || distance > Math.min(window, to - historyStart)) {
                result = CORRUPT;
                break;
            }
            word >>>= used;
            count -= used;
            copy(target, to, distance, length);
            to += length;
        }
        in = from;
        out = to;
        bits = word & ((1L << count) - 1);
        bitCount = count;
        return result;
    }

    private static int lookUp(HuffmanTable table, long bits) {
        int entry = table.entries[(int) bits & ((1 << table.bits) - 1)];
        if ((entry & HuffmanTable.LINK) == 0) {
            return entry;
        }
        int rest = (int) (bits >>> table.bits) & ((1 << (entry & HuffmanTable.LENGTH)) - 1);
        return table.entries[(entry >>> HuffmanTable.VALUE_SHIFT) + rest];
    }

    private static int extraBits(int entry) {
        return entry >>> HuffmanTable.EXTRA_SHIFT & HuffmanTable.EXTRA;
    }

    private static int value(int entry, long following) {
        return (entry >>> HuffmanTable.VALUE_SHIFT) + ((int) following & ((1 << extraBits(entry)) - 1));
    }

    /** Repeats what stands that far back. May write a few bytes more, which are not output yet. */
    private static void copy(byte[] bytes, int to, int distance, int length) {
        int end = to + length;
        int from = to - distance;
        if (distance >= Long.BYTES) {
            for (int i = to; i < end; i += Long.BYTES, from += Long.BYTES) {
                LONG.set(bytes, i, (long) LONG.get(bytes, from));
            }
        } else {
            for (int i = to; i < end; i++, from++) {
                bytes[i] = bytes[from];
            }
        }
    }

    // ---- bits ----

    private int go(State next) {
        state = next;
        return -1;
    }

    /** {@return whether so many bits are there} Takes in what fits. */
    private boolean refill(int needed) {
        while (bitCount < needed && in < inEnd) {
            bits |= (input[in++] & 0xFFL) << bitCount;
            bitCount += Byte.SIZE;
        }
        return bitCount >= needed;
    }

    private int take(int count) {
        int taken = (int) bits & ((1 << count) - 1);
        drop(count);
        return taken;
    }

    private void drop(int count) {
        bits >>>= count;
        bitCount -= count;
    }
}

package io.wsprotocol.deflate;

import java.util.Arrays;

/**
 * One Huffman code of a DEFLATE block as a table to look up the next bits in (RFC 1951 §3.2.2): short codes in one step, the rare long
 * ones in a second. Built in place, so that a decoder makes its tables once. HOT. Not thread-safe: confine to one thread or guard with
 * one lock.
 *
 * <p>An entry says how many bits its code has, what it stands for, and how many bits follow that complete its value.
 */
final class HuffmanTable {

    /** Entry bits: the length of the code; of a link, the index bits of the table behind it. */
    static final int LENGTH = 0xF;
    /** Where an entry keeps the number of bits that follow the code. */
    static final int EXTRA_SHIFT = 8;
    /** What the extra bits are masked with, once shifted. */
    static final int EXTRA = 0xF;
    /** The value is a byte. */
    static final int LITERAL = 0x1000;
    /** The block ends. */
    static final int END_OF_BLOCK = 0x2000;
    /** The value is the index of a second table. */
    static final int LINK = 0x4000;
    /** No symbol has this code. */
    static final int INVALID = 0x8000;
    /** Where an entry keeps its value: a byte, the base of a length or of a distance, or an index. */
    static final int VALUE_SHIFT = 16;

    /** Symbols that a code can have at most (RFC 1951 §3.2.5). */
    static final int MOST_SYMBOLS = 288;

    private static final int MOST_LENGTH = 15;

    final int[] entries;
    final int bits;

    private final int[] symbols;
    private final int[] counts = new int[MOST_LENGTH + 1];
    private final int[] offsets = new int[MOST_LENGTH + 1];
    private final short[] sorted = new short[MOST_SYMBOLS];

    /**
     * Makes a table to be built.
     *
     * @param bits looked up in one step
     * @param size entries that the worst code takes, second tables included
     * @param symbols for each symbol its entry but for the length
     */
    HuffmanTable(int bits, int size, int[] symbols) {
        this.bits = bits;
        this.entries = new int[size];
        this.symbols = symbols;
    }

    /**
     * {@return whether the lengths make a code} It must use up all bit patterns; a code of one symbol may leave some, which are an error
     * once they come (RFC 1951 §3.2.7), as is all that comes when there is no symbol.
     *
     * @param lengths the length of each symbol's code, 0 for none
     * @param from where they begin
     * @param count how many there are
     * @param mayBeSingle whether a code of one symbol will do
     */
    boolean build(byte[] lengths, int from, int count, boolean mayBeSingle) {
        Arrays.fill(counts, 0);
        for (int i = from; i < from + count; i++) {
            counts[lengths[i]]++;
        }
        counts[0] = 0;
        int longest = MOST_LENGTH;
        while (longest > 0 && counts[longest] == 0) {
            longest--;
        }
        int unused = unusedCodes();
        if (unused < 0 || (unused > 0 && longest > (mayBeSingle ? 1 : 0))) {
            return false;
        }
        if (unused > 0) {
            Arrays.fill(entries, 0, 1 << bits, INVALID | 1);
        }
        sort(lengths, from, count);
        fill(longest);
        return true;
    }

    /** {@return how many codes of the greatest length are left over; negative when there are too few} */
    private int unusedCodes() {
        int left = 1;
        for (int length = 1; length <= MOST_LENGTH; length++) {
            left = (left << 1) - counts[length];
            if (left < 0) {
                return left;
            }
        }
        return left;
    }

    /** Orders symbols by the length of their code, as RFC 1951 §3.2.2 numbers them. */
    private void sort(byte[] lengths, int from, int count) {
        int offset = 0;
        for (int length = 1; length <= MOST_LENGTH; length++) {
            offsets[length] = offset;
            offset += counts[length];
        }
        for (int i = 0; i < count; i++) {
            int length = lengths[from + i];
            if (length != 0) {
                sorted[offsets[length]++] = (short) i;
            }
        }
    }

    /* Codes come with their first bit lowest, so all of it works on reversed codes: the next one carries from the top down. */
    private void fill(int longest) {
        int code = 0;
        int next = 0;
        int shorter = Math.min(bits, longest);
        for (int length = 1; length <= shorter; length++) {
            for (int i = counts[length]; i > 0; i--) {
                put(0, code, symbols[sorted[next++]] | length, length, 1 << bits);
                code = successor(code, length);
            }
        }
        int mask = (1 << bits) - 1;
        int free = 1 << bits;
        int prefix = -1;
        int table = 0;
        int tableBits = 0;
        for (int length = bits + 1; length <= longest; length++) {
            for (int left = counts[length]; left > 0; left--) {
                if ((code & mask) != prefix) {
                    prefix = code & mask;
                    table = free;
                    tableBits = tableBits(length, left, longest);
                    free += 1 << tableBits;
                    entries[prefix] = LINK | table << VALUE_SHIFT | tableBits;
                }
                put(table, code >>> bits, symbols[sorted[next++]] | length, length - bits, 1 << tableBits);
                code = successor(code, length);
            }
        }
    }

    /** Every index whose low bits are the code shows the entry. */
    private void put(int table, int code, int entry, int length, int size) {
        for (int i = code; i < size; i += 1 << length) {
            entries[table + i] = entry;
        }
    }

    /** {@return the index bits that a second table needs, of which that many codes of a length, and all longer ones, are left} */
    private int tableBits(int length, int left, int longest) {
        int needed = length - bits;
        int room = (1 << needed) - left;
        while (needed + bits < longest && room > 0) {
            needed++;
            room = (room << 1) - counts[needed + bits];
        }
        return needed;
    }

    private static int successor(int code, int length) {
        int bit = 1 << (length - 1);
        while ((code & bit) != 0) {
            bit >>>= 1;
        }
        return bit == 0 ? 0 : (code & (bit - 1)) | bit;
    }
}

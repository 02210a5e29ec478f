package io.wsprotocol.deflate;

import java.util.Arrays;

/** The alphabets of RFC 1951 §3.2.5 and §3.2.7, and the two codes that every decoder knows (§3.2.6). Immutable. */
final class SymbolTables {

    /** Symbols that a literal and length code may describe; two more have a place in the fixed code and no meaning. */
    static final int LITERALS = 286;
    /** Symbols that a distance code may describe. */
    static final int DISTANCES = 30;
    /** Symbols of the code in which the lengths of the other two codes are written. */
    static final int CODE_LENGTHS = 19;
    /** The symbol that ends a block. */
    static final int END_OF_BLOCK = 256;

    /** Looked up in one step: a wider table costs more to build than it saves in messages of a few KiB. */
    private static final int LITERAL_BITS = 10;

    private static final int DISTANCE_BITS = 8;
    private static final int CODE_LENGTH_BITS = 7;

    /* The most entries that complete codes can take, found by trying all sums of lengths. */
    private static final int LITERAL_ENTRIES = 1334;
    private static final int DISTANCE_ENTRIES = 402;

    private static final int FIRST_LENGTH_SYMBOL = 257;
    private static final int LONGEST_MATCH_SYMBOL = 285;

    private static final int[] LITERAL_SYMBOLS = literalSymbols();
    private static final int[] DISTANCE_SYMBOLS = distanceSymbols();
    private static final int[] CODE_LENGTH_SYMBOLS = codeLengthSymbols();

    /** The fixed code of literals and lengths. Shared, and never built again. */
    static final HuffmanTable FIXED_LITERALS = fixedLiterals();
    /** The fixed code of distances. Shared, and never built again. */
    static final HuffmanTable FIXED_DISTANCES = fixedDistances();

    private SymbolTables() {}

    static HuffmanTable literals() {
        return new HuffmanTable(LITERAL_BITS, LITERAL_ENTRIES, LITERAL_SYMBOLS);
    }

    static HuffmanTable distances() {
        return new HuffmanTable(DISTANCE_BITS, DISTANCE_ENTRIES, DISTANCE_SYMBOLS);
    }

    /** {@return a table for the code in which the lengths of the other two codes are written} */
    static HuffmanTable codeLengths() {
        return new HuffmanTable(CODE_LENGTH_BITS, 1 << CODE_LENGTH_BITS, CODE_LENGTH_SYMBOLS);
    }

    private static HuffmanTable fixedLiterals() {
        byte[] lengths = new byte[HuffmanTable.MOST_SYMBOLS];
        Arrays.fill(lengths, 0, 144, (byte) 8);
        Arrays.fill(lengths, 144, 256, (byte) 9);
        Arrays.fill(lengths, 256, 280, (byte) 7);
        Arrays.fill(lengths, 280, 288, (byte) 8);
        HuffmanTable table = literals();
        table.build(lengths, 0, lengths.length, false);
        return table;
    }

    private static HuffmanTable fixedDistances() {
        byte[] lengths = new byte[32];
        Arrays.fill(lengths, (byte) 5);
        HuffmanTable table = distances();
        table.build(lengths, 0, lengths.length, false);
        return table;
    }

    private static int[] literalSymbols() {
        int[] symbols = new int[HuffmanTable.MOST_SYMBOLS];
        Arrays.fill(symbols, HuffmanTable.INVALID);
        for (int value = 0; value < END_OF_BLOCK; value++) {
            symbols[value] = HuffmanTable.LITERAL | value << HuffmanTable.VALUE_SHIFT;
        }
        symbols[END_OF_BLOCK] = HuffmanTable.END_OF_BLOCK;
        int base = 3;
        for (int symbol = FIRST_LENGTH_SYMBOL; symbol < LONGEST_MATCH_SYMBOL; symbol++) {
            int step = symbol - FIRST_LENGTH_SYMBOL;
            int extra = step < 8 ? 0 : step / 4 - 1;
            symbols[symbol] = base << HuffmanTable.VALUE_SHIFT | extra << HuffmanTable.EXTRA_SHIFT;
            base += 1 << extra;
        }
        symbols[LONGEST_MATCH_SYMBOL] = BlockDecoder.LONGEST_MATCH << HuffmanTable.VALUE_SHIFT;
        return symbols;
    }

    private static int[] distanceSymbols() {
        int[] symbols = new int[32];
        Arrays.fill(symbols, HuffmanTable.INVALID);
        int base = 1;
        for (int symbol = 0; symbol < DISTANCES; symbol++) {
            int extra = symbol < 4 ? 0 : symbol / 2 - 1;
            symbols[symbol] = base << HuffmanTable.VALUE_SHIFT | extra << HuffmanTable.EXTRA_SHIFT;
            base += 1 << extra;
        }
        return symbols;
    }

    private static int[] codeLengthSymbols() {
        int[] symbols = new int[CODE_LENGTHS];
        for (int symbol = 0; symbol < symbols.length; symbol++) {
            symbols[symbol] = symbol << HuffmanTable.VALUE_SHIFT;
        }
        return symbols;
    }
}

package io.wsprotocol.deflate;

import java.io.ByteArrayOutputStream;

/** Writes DEFLATE blocks by hand, symbol by symbol, for what no compressor would write. */
final class BlockWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int bits;
    private int count;

    /** Adds bits, lowest first. */
    BlockWriter bits(int value, int length) {
        for (int i = 0; i < length; i++) {
            bits |= (value >> i & 1) << count;
            if (++count == 8) {
                out.write(bits);
                bits = 0;
                count = 0;
            }
        }
        return this;
    }

    /** Adds a Huffman code, highest bit first. */
    BlockWriter code(int value, int length) {
        for (int i = length - 1; i >= 0; i--) {
            bits(value >> i & 1, 1);
        }
        return this;
    }

    /** Fills the byte with zeros. */
    BlockWriter align() {
        while (count != 0) {
            bits(0, 1);
        }
        return this;
    }

    BlockWriter stored(byte[] bytes) {
        return stored(bytes, false);
    }

    BlockWriter stored(byte[] bytes, boolean last) {
        int at = 0;
        do {
            int length = Math.min(0xFFFF, bytes.length - at);
            bits(last ? 1 : 0, 3).align().bits(length, 16).bits(~length, 16);
            out.write(bytes, at, length);
            at += length;
        } while (at < bytes.length);
        return this;
    }

    BlockWriter fixed() {
        return bits(2, 3);
    }

    BlockWriter finalFixed() {
        return bits(3, 3);
    }

    BlockWriter literal(int value) {
        return value < 144 ? code(0x30 + value, 8) : code(0x190 + value - 144, 9);
    }

    BlockWriter endOfBlock() {
        return code(0, 7);
    }

    BlockWriter match(int length, int distance) {
        int symbol = 257;
        int base = 3;
        int extra = 0;
        if (length == 258) {
            symbol = 285;
            base = 258;
        } else {
            while (length >= base + (1 << extra)) {
                base += 1 << extra;
                symbol++;
                extra = symbol < 265 ? 0 : (symbol - 261) / 4;
            }
        }
        if (symbol < 280) {
            code(symbol - 256, 7);
        } else {
            code(0xC0 + symbol - 280, 8);
        }
        bits(length - base, extra);
        int far = 0;
        int farBase = 1;
        int farExtra = 0;
        while (distance >= farBase + (1 << farExtra)) {
            farBase += 1 << farExtra;
            far++;
            farExtra = far < 4 ? 0 : far / 2 - 1;
        }
        return code(far, 5).bits(distance - farBase, farExtra);
    }

    /** {@return the message: behind what was written the header of an empty stored block} */
    byte[] end() {
        return bits(0, 3).align().out.toByteArray();
    }
}

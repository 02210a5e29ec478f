package io.wsprotocol.bench;

import io.wsprotocol.wire.FrameHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * No WebSocket stack: the shortest straight-line code that does the same work on the same bytes, to show what the JVM can do. Header,
 * unmasking and ASCII test in one pass over longs, a shift automaton for text that is not ASCII. No operations, actions, limits,
 * counters or chunks; whole messages only, in one array of any size; its masking keys cost nothing and are predictable.
 */
final class StrawCodec extends Codec {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;
    private static final long[] ROWS = rows();
    private static final int ACCEPT = 6;

    private final boolean server;
    private byte[] buffer = new byte[0];
    private int key = 0x51_7C_C1_B7;
    private long state = ACCEPT;

    StrawCodec(boolean server) {
        this.server = server;
    }

    @Override
    long receive(byte[] wire, int length) {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        byte[] bytes = buffer;
        System.arraycopy(wire, 0, bytes, 0, length);
        long delivered = 0;
        boolean text = false;
        int at = 0;
        while (at < length) {
            int b0 = bytes[at];
            int b1 = bytes[at + 1];
            if ((b0 & 0x70) != 0 || ((b1 & 0x80) != 0) != server) {
                throw new IllegalStateException("header");
            }
            int size = b1 & 0x7F;
            at += 2;
            if (size == 126) {
                size = (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
                at += 2;
            } else if (size == 127) {
                size = (int) (long) BIG_LONG.get(bytes, at);
                at += 8;
            }
            int opcode = b0 & 0xF;
            if (opcode != 0) {
                text = opcode == 1;
                state = ACCEPT;
            }
            long seen;
            if (server) {
                int mask = (int) INT.get(bytes, at);
                at += 4;
                seen = unmask(bytes, at, size, mask);
            } else {
                seen = text ? collect(bytes, at, size) : 0;
            }
            if (text && (state != ACCEPT || (seen & NOT_ASCII) != 0)) {
                state = verify(bytes, at, size, state);
            }
            if (text && b0 < 0 && state != ACCEPT) {
                throw new IllegalStateException("not UTF-8");
            }
            at += size;
            delivered += size;
        }
        return delivered;
    }

    private static long unmask(byte[] bytes, int from, int size, int mask) {
        long wide = (mask & 0xFFFF_FFFFL) | (long) mask << 32;
        long seen = 0;
        int end = from + size;
        int i = from;
        for (; i <= end - 8; i += 8) {
            long word = (long) LONG.get(bytes, i) ^ wide;
            LONG.set(bytes, i, word);
            seen |= word;
        }
        for (int shift = 0; i < end; i++, shift += 8) {
            byte b = (byte) (bytes[i] ^ (byte) (mask >>> shift));
            bytes[i] = b;
            seen |= b;
        }
        return seen;
    }

    private static long collect(byte[] bytes, int from, int size) {
        long seen = 0;
        int end = from + size;
        int i = from;
        for (; i <= end - 8; i += 8) {
            seen |= (long) LONG.get(bytes, i);
        }
        for (; i < end; i++) {
            seen |= bytes[i];
        }
        return seen;
    }

    private static long verify(byte[] bytes, int from, int size, long before) {
        long current = before;
        for (int i = from; i < from + size; i++) {
            current = ROWS[bytes[i] & 0xFF] >>> current;
        }
        return current & 63;
    }

    @Override
    long send(byte[] payload) {
        int size = payload.length;
        if (buffer.length < size + FrameHeader.MAX_BYTES) {
            buffer = new byte[size + FrameHeader.MAX_BYTES];
        }
        byte[] bytes = buffer;
        int at = 2;
        bytes[0] = (byte) 0x82;
        int b1 = size;
        if (size > 0xFFFF) {
            b1 = 127;
            BIG_LONG.set(bytes, 2, (long) size);
            at = 10;
        } else if (size > 125) {
            b1 = 126;
            bytes[2] = (byte) (size >> 8);
            bytes[3] = (byte) size;
            at = 4;
        }
        if (server) {
            bytes[1] = (byte) b1;
            return at + (long) size;
        }
        bytes[1] = (byte) (b1 | 0x80);
        int mask = key += 0x9E37_79B9;
        INT.set(bytes, at, mask);
        at += 4;
        long wide = (mask & 0xFFFF_FFFFL) | (long) mask << 32;
        int i = 0;
        for (; i <= size - 8; i += 8) {
            LONG.set(bytes, at + i, (long) LONG.get(payload, i) ^ wide);
        }
        for (int shift = 0; i < size; i++, shift += 8) {
            bytes[at + i] = (byte) (payload[i] ^ (byte) (mask >>> shift));
        }
        return at + (long) size;
    }

    private static long[] rows() {
        // States are shift counts: reject 0, accept 6, one to three more bytes 12, 18, 24, after E0 30, ED 36, F0 42,
        // F4 48.
        long[] rows = new long[256];
        int[][] moves = {
            {0x00, 0x7F, 6, 6},
            {0xC2, 0xDF, 6, 12},
            {0xE0, 0xE0, 6, 30},
            {0xE1, 0xEC, 6, 18},
            {0xED, 0xED, 6, 36},
            {0xEE, 0xEF, 6, 18},
            {0xF0, 0xF0, 6, 42},
            {0xF1, 0xF3, 6, 24},
            {0xF4, 0xF4, 6, 48},
            {0x80, 0xBF, 12, 6},
            {0x80, 0xBF, 18, 12},
            {0x80, 0xBF, 24, 18},
            {0xA0, 0xBF, 30, 12},
            {0x80, 0x9F, 36, 12},
            {0x90, 0xBF, 42, 18},
            {0x80, 0x8F, 48, 18}
        };
        for (int[] move : moves) {
            for (int b = move[0]; b <= move[1]; b++) {
                rows[b] |= (long) move[3] << move[2];
            }
        }
        return rows;
    }
}

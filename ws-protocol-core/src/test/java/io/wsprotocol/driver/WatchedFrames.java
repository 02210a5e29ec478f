package io.wsprotocol.driver;

import static io.wsprotocol.driver.SimulatedWorld.require;

/**
 * Reads along as one end writes: at most one Close, no data behind it (RFC 6455 §5.5.1), masked by clients only (§5.1). Knows where
 * frames begin and how many messages are whole. Not thread-safe: confine to one thread or guard with one lock.
 */
final class WatchedFrames {

    private static final int CLOSE = 0x8;
    private static final int PONG = 0xA;

    private final boolean server;
    private final byte[] header = new byte[14];
    private int headerBytes;
    private int headerLength = 2;
    private long length;
    private long left;
    private int messages;
    private boolean closed;
    private int closeStatus;

    WatchedFrames(boolean server) {
        this.server = server;
    }

    void watch(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            if (left > 0) {
                int step = (int) Math.min(left, bytes.length - at);
                if (opcode() == CLOSE) {
                    noteStatus(bytes, at, step);
                }
                at += step;
                left -= step;
            } else {
                header[headerBytes++] = bytes[at++];
                if (headerBytes == 2) {
                    second();
                }
                if (headerBytes == headerLength) {
                    left = length();
                    length = left;
                    begun();
                }
            }
            if (left == 0 && headerBytes == headerLength) {
                ended();
            }
        }
    }

    private int opcode() {
        return header[0] & 0x0F;
    }

    private void second() {
        boolean masked = (header[1] & 0x80) != 0;
        require(masked != server, server ? "a server masks" : "a client does not mask");
        int form = header[1] & 0x7F;
        headerLength = 2 + (form == 127 ? 8 : form == 126 ? 2 : 0) + (masked ? 4 : 0);
    }

    private long length() {
        int form = header[1] & 0x7F;
        int more = form == 127 ? 8 : form == 126 ? 2 : 0;
        long value = more == 0 ? form : 0;
        for (int i = 2; i < 2 + more; i++) {
            value = value << 8 | (header[i] & 0xFF);
        }
        return value;
    }

    private void begun() {
        require(!closed || opcode() == PONG, "a frame with opcode " + opcode() + " behind the Close");
    }

    private void noteStatus(byte[] bytes, int at, int count) {
        for (int i = 0; i < count; i++) {
            long place = length - left + i;
            if (place < 2) {
                int key = server ? 0 : header[headerLength - 4 + (int) place];
                closeStatus = closeStatus << 8 | ((bytes[at + i] ^ key) & 0xFF);
            }
        }
    }

    private void ended() {
        boolean last = (header[0] & 0x80) != 0;
        if (opcode() < CLOSE && last) {
            messages++;
        }
        closed |= opcode() == CLOSE;
        headerBytes = 0;
        headerLength = 2;
    }

    /** {@return whether the next byte begins a frame} */
    boolean betweenFrames() {
        return headerBytes == 0;
    }

    /** {@return how many messages were written to their last byte} */
    int messages() {
        return messages;
    }

    boolean closed() {
        return closed;
    }

    /** {@return the status of the Close; 0 before it, and when it has none} */
    int closeStatus() {
        return closeStatus;
    }
}

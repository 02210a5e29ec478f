package io.wsprotocol.driver;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One end of a pipe in memory whose faults a test programs: small steps, stalls, an early end, a reset. */
public final class PipeTransport implements Transport {

    private byte[] arrived = new byte[1024];
    private int from;
    private int to;
    private boolean ended;
    private boolean reset;
    private boolean closed;
    private boolean outputShut;
    private boolean stalled;
    private int readStep = Integer.MAX_VALUE;
    private int writeStep = Integer.MAX_VALUE;
    private PipeTransport peer;

    /** Joins two ends. */
    public static void join(PipeTransport a, PipeTransport b) {
        a.peer = b;
        b.peer = a;
    }

    /** Moves at most that many bytes at once. */
    public void chop(int readBytes, int writeBytes) {
        readStep = readBytes;
        writeStep = writeBytes;
    }

    /** Takes no more bytes from this end, or takes them again. */
    public void stall(boolean stall) {
        stalled = stall;
    }

    /** Breaks both ends. */
    public void reset() {
        reset = true;
        peer.reset = true;
    }

    /** Ends the input of this end. */
    public void end() {
        ended = true;
    }

    /** Lets bytes arrive at this end. */
    public void arrive(ByteBuffer bytes) {
        int length = bytes.remaining();
        if (to + length > arrived.length) {
            byte[] target = to - from + length > arrived.length ? new byte[2 * (to - from + length)] : arrived;
            System.arraycopy(arrived, from, target, 0, to - from);
            arrived = target;
            to -= from;
            from = 0;
        }
        bytes.get(arrived, to, length);
        to += length;
    }

    /** {@return the number of bytes that arrived and were not read} */
    public int waiting() {
        return to - from;
    }

    /** {@return whether the connection closed this end} */
    public boolean isClosed() {
        return closed;
    }

    /** {@return whether the connection ended its output} */
    public boolean isOutputShut() {
        return outputShut;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        check();
        int length = Math.min(Math.min(readStep, waiting()), target.remaining());
        if (length == 0) {
            return ended ? END : 0;
        }
        target.put(arrived, from, length);
        from += length;
        return length;
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        check();
        long written = 0;
        for (int i = offset; i < offset + length && !stalled && written < writeStep; i++) {
            ByteBuffer buffer = buffers[i];
            int limit = buffer.limit();
            buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), writeStep - written));
            written += buffer.remaining();
            if (peer.closed) {
                buffer.position(buffer.limit());
            } else {
                peer.arrive(buffer);
            }
            buffer.limit(limit);
        }
        return written;
    }

    @Override
    public void shutdownOutput() {
        outputShut = true;
        peer.ended = true;
    }

    @Override
    public void close() {
        closed = true;
        peer.ended = true;
    }

    private void check() throws IOException {
        if (reset || closed) {
            throw new IOException(reset ? "connection reset" : "closed");
        }
    }
}

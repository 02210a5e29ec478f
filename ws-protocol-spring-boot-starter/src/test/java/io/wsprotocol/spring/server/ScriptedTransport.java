package io.wsprotocol.spring.server;

import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A transport that reads what the test put there, takes all that is written, and notes in which order it was asked. Thread-safe. */
final class ScriptedTransport implements SocketTransport {

    final List<String> calls = new CopyOnWriteArrayList<>();
    final AtomicLong written = new AtomicLong();
    final AtomicInteger closes = new AtomicInteger();
    /** Keeps what is to be written until it is told that this was done. */
    volatile boolean refuses;
    /** Whether calls are written down. */
    volatile boolean records = true;

    private final Deque<ByteBuffer> input = new ConcurrentLinkedDeque<>();
    private final int mostAtOnce;
    private final Executor executor;

    /** Takes at most that many bytes in one write. */
    ScriptedTransport(int mostAtOnce, Executor executor) {
        this.mostAtOnce = mostAtOnce;
        this.executor = executor;
    }

    /** One frame of a client arrives, with a masking key of zero. */
    void arrives(int byte0, int... payload) {
        ByteBuffer frame = ByteBuffer.allocate(6 + payload.length);
        frame.put((byte) byte0).put((byte) (0x80 | payload.length)).putInt(0);
        for (int b : payload) {
            frame.put((byte) b);
        }
        input.add(frame.flip());
    }

    /** Messages of one character each arrive at once, so that one read finds them all. */
    void arriveTogether(int byte0, String characters) {
        ByteBuffer frames = ByteBuffer.allocate(7 * characters.length());
        for (char c : characters.toCharArray()) {
            frames.put((byte) byte0).put((byte) 0x81).putInt(0).put((byte) c);
        }
        input.add(frames.flip());
    }

    /** A message of that many zeros arrives behind some of one character, so that no read tells them apart. */
    void arriveTogether(int byte0, String characters, int length) {
        arriveTogether(byte0, characters);
        ByteBuffer small = input.removeLast();
        ByteBuffer all = ByteBuffer.allocate(small.remaining() + 8 + length).put(small);
        input.add(all.put((byte) byte0)
                .put((byte) 0xFE)
                .putShort((short) length)
                .putInt(0)
                .position(0));
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public int read(ByteBuffer target) {
        ByteBuffer next = input.poll();
        int bytes = next == null ? 0 : Math.min(next.remaining(), target.remaining());
        if (next != null) {
            target.put(next.slice(next.position(), bytes));
            next.position(next.position() + bytes);
            if (next.hasRemaining()) {
                input.addFirst(next);
            }
        }
        calls.add("read " + bytes);
        return bytes;
    }

    @Override
    public void awaitReadable() {
        calls.add("await");
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) {
        if (refuses) {
            return PENDING;
        }
        long bytes = 0;
        for (int i = 0; i < count && bytes < mostAtOnce; i++) {
            int step = (int) Math.min(buffers[i].remaining(), mostAtOnce - bytes);
            buffers[i].position(buffers[i].position() + step);
            bytes += step;
        }
        written.addAndGet(bytes);
        if (records) {
            calls.add("write");
        }
        return bytes;
    }

    @Override
    public boolean shutdownOutput() {
        calls.add("shutdown");
        return false;
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        calls.add("close");
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }
}

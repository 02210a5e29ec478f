package io.wsprotocol.sample.load;

import io.wsprotocol.fixture.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Clients that keep a server busy from one thread: frames are masked beforehand, answers are counted by their heads. Not thread-safe.
 */
final class Load implements AutoCloseable {

    private static final int SHARED_BYTES = 64 << 10;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
    /* At a time: fewer than Tomcat lets wait, and not one by one, or each would wait for the processor by itself. */
    private static final int ARRIVING = 50;
    private static final int KEY = 0x12345678;

    private final Selector selector = Selector.open();
    private final List<LoadConnection> connections = new ArrayList<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(256 << 10);
    private final Work work;
    private long received;

    /** Connects all. */
    Load(int port, String path, Work work) throws IOException {
        this.work = work;
        byte[] frame = frame(work);
        int times = Math.max(1, SHARED_BYTES / frame.length);
        ByteBuffer frames = ByteBuffer.allocateDirect(times * frame.length);
        for (int i = 0; i < times; i++) {
            frames.put(frame);
        }
        int upgraded = 0;
        try {
            while (upgraded < work.connections()) {
                int together = Math.min(ARRIVING, work.connections() - upgraded);
                for (int i = 0; i < together; i++) {
                    connections.add(new LoadConnection(selector, port, path, frames, frame.length));
                }
                for (int i = 0; i < together; i++) {
                    connections.get(upgraded).awaitUpgrade();
                    upgraded++;
                }
            }
        } catch (IOException e) {
            close();
            throw new IOException("connection %,d of %,d: %s".formatted(upgraded + 1, work.connections(), e), e);
        }
    }

    /** Sends so many messages on each connection, one after the other, and waits for their return. */
    void exchange(int messages) throws IOException {
        for (int i = 0; i < messages; i++) {
            long before = received;
            for (LoadConnection connection : connections) {
                connection.send(1);
            }
            long deadline = System.nanoTime() + PATIENCE;
            while (received - before < connections.size()) {
                select(deadline, (connection, count) -> received += count);
                requireBefore(deadline);
            }
        }
    }

    /** Fills the pipes: from then on, {@link #run} sends a message for each that comes back. */
    void fill() throws IOException {
        for (LoadConnection connection : connections) {
            connection.send(work.inFlight());
        }
    }

    /** {@return how many messages came back in that time} */
    long run(long nanos) throws IOException {
        long before = received;
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            select(end, (connection, count) -> {
                received += count;
                connection.send(count);
            });
        }
        return received - before;
    }

    /** Lets the pipes run dry. */
    void drain() throws IOException {
        long outstanding = (long) work.connections() * work.inFlight();
        long target = received + outstanding;
        long deadline = System.nanoTime() + PATIENCE;
        while (received < target) {
            select(deadline, (connection, count) -> received += count);
            requireBefore(deadline);
        }
    }

    /**
     * Sends at a steady rate, whether answers come or not, and takes the time of each message from the moment at which it was to be sent: a
     * server that stops for a while pays for all who had to wait (no coordinated omission).
     *
     * @param perSecond messages in a second, over all connections
     * @return how long they took, in microseconds
     */
    Histogram atRate(double perSecond, long nanos) throws IOException {
        Histogram micros = new Histogram(3);
        long start = System.nanoTime();
        double between = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long sent = 0;
        long[] back = {0};
        long deadline = start + nanos + PATIENCE;
        boolean more = true;
        while (more || back[0] < sent) {
            long now = System.nanoTime();
            long due = start + (long) (sent * between);
            while (more && due <= now) {
                connections.get((int) (sent % connections.size())).send(due);
                sent++;
                due = start + (long) (sent * between);
                more = due < start + nanos;
            }
            select(more ? due : deadline, (connection, count) -> {
                long at = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    micros.recordValue(TimeUnit.NANOSECONDS.toMicros(at - connection.takeIntended()));
                }
                back[0] += count;
            });
            requireBefore(deadline);
        }
        return micros;
    }

    @Override
    public void close() throws IOException {
        for (LoadConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }

    private static void requireBefore(long deadline) throws IOException {
        if (System.nanoTime() > deadline) {
            throw new IOException("messages do not come back");
        }
    }

    private void select(long until, Answer answer) throws IOException {
        long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        // The selector cannot wait for less than a millisecond: the last one is spent looking.
        if (millis > 0) {
            selector.select(millis);
        } else {
            selector.selectNow();
        }
        for (var key : selector.selectedKeys()) {
            LoadConnection connection = (LoadConnection) key.attachment();
            int count = connection.ready(scratch);
            if (count > 0) {
                answer.came(connection, count);
            }
        }
        selector.selectedKeys().clear();
    }

    private static byte[] frame(Work work) {
        byte[] payload = new byte[work.bytes()];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) ('a' + i % 26);
        }
        return Wire.beginning(work.text() ? 0x81 : 0x82, payload).masked(KEY).bytes();
    }

    /** What to do about messages that came back. */
    @FunctionalInterface
    private interface Answer {
        void came(LoadConnection connection, int messages) throws IOException;
    }
}

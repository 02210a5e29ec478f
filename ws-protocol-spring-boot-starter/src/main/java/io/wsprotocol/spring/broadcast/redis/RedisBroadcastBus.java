package io.wsprotocol.spring.broadcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsprotocol.spring.broadcast.BroadcastBus;
import io.wsprotocol.spring.broadcast.BusMessage;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Carries broadcasts through a channel of Redis: at most once, and in the order in which an instance published them. Who publishes
 * never waits: a thread of the bus does. While Redis is away, the newest messages beyond the queue's bound are given up, as are those
 * that Redis refuses; the log says so, and the bus goes on trying for ever. Received messages are told on a thread of the
 * Redis client's. Thread-safe.
 *
 * @since 0.1.0
 */
public final class RedisBroadcastBus implements BroadcastBus, SmartLifecycle {

    /*
     * Every instance hears the channel and, by a channel of its own, its own heart: only who hears that knows that both ways are open. Clients
     * of Redis differ in what they say of a lost connection, and some say nothing.
     */
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Log LOG = LogFactory.getLog(RedisBroadcastBus.class);

    private static final long SILENCE_NANOS = 3 * BEAT_NANOS;
    private static final long PAUSE_MILLIS = 500;
    private static final byte[] BEAT = {};

    private final UUID node = UUID.randomUUID();
    private final RedisConnectionFactory connections;
    private final byte[] channel;
    private final byte[] heart;
    private final BlockingQueue<byte[]> queue;
    private final LongAdder published = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final RedisOutage outage = new RedisOutage(lost::sum);

    /* When the heart was heard last; also when a subscription began, which it has time to show for then. */
    private final AtomicLong heardAt = new AtomicLong(System.nanoTime());

    private volatile boolean connected;
    private volatile boolean running;
    private volatile Consumer<BusMessage> receiver = message -> {};
    private @Nullable Thread publishing;
    private @Nullable Thread subscribing;

    /**
     * Makes a bus that carries nothing before it is started.
     *
     * @param connections to Redis
     * @param channel of all instances of the application, and of no other's
     * @param queueMessages most messages that wait for Redis
     */
    public RedisBroadcastBus(RedisConnectionFactory connections, String channel, int queueMessages) {
        this.connections = Objects.requireNonNull(connections, "connections");
        this.channel = channel.getBytes(UTF_8);
        this.heart = (channel + ":" + node).getBytes(UTF_8);
        this.queue = new ArrayBlockingQueue<>(queueMessages);
    }

    /** {@return how many messages of this instance Redis has taken} */
    public long published() {
        return published.sum();
    }

    /** {@return how many messages of other instances came in} */
    public long received() {
        return received.sum();
    }

    /** {@return how many messages of this instance were given up} */
    public long lost() {
        return lost.sum();
    }

    /** {@return whether messages pass: this instance hears from Redis what it publishes there} */
    public boolean isConnected() {
        return connected;
    }

    @Override
    public void publish(BusMessage message) {
        byte[] frame = new RedisFrame(node, message).encoded();
        if (!running || !queue.offer(frame)) {
            lost.increment();
        }
    }

    @Override
    public void receive(Consumer<BusMessage> listener) {
        receiver = Objects.requireNonNull(listener, "listener");
    }

    @Override
    public void start() {
        running = true;
        publishing = thread("ws-protocol-publish", this::publishAll);
        subscribing = thread("ws-protocol-subscribe", this::subscribeAgain);
    }

    @Override
    public void stop() {
        running = false;
        for (Thread thread : new Thread[] {publishing, subscribing}) {
            if (thread != null) {
                thread.interrupt();
            }
        }
        connected = false;
        publishing = null;
        subscribing = null;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private boolean goesOn() {
        return running && !Thread.currentThread().isInterrupted();
    }

    private void publishAll() {
        long beatAt = System.nanoTime();
        while (goesOn()) {
            try {
                byte[] next = queue.poll(Math.max(0, beatAt - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (next != null) {
                    publish(next);
                }
                if (System.nanoTime() - beatAt >= 0) {
                    beatAt = System.nanoTime() + BEAT_NANOS;
                    beat();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void publish(byte[] frame) {
        if (tell(channel, frame)) {
            published.increment();
        } else {
            lost.increment();
        }
    }

    private void beat() {
        tell(heart, BEAT);
        boolean heard = System.nanoTime() - heardAt.get() < SILENCE_NANOS;
        if (!heard) {
            connected = false;
            outage.noted("nothing is heard from it");
        }
    }

    /** {@return whether Redis took it} */
    private boolean tell(byte[] where, byte[] what) {
        try (RedisConnection connection = connections.getConnection()) {
            connection.publish(where, what);
            return true;
        } catch (RuntimeException e) {
            // Each driver has exceptions of its own.
            if (goesOn()) {
                outage.noted(e.getClass().getSimpleName());
            }
            return false;
        }
    }

    private void subscribeAgain() {
        while (goesOn()) {
            try (RedisConnection connection = connections.getConnection()) {
                heardAt.set(System.nanoTime());
                // Some clients stay in there as long as the subscription lasts, others come back at once and go on
                // hearing.
                connection.subscribe((message, pattern) -> heard(message), channel, heart);
                while (System.nanoTime() - heardAt.get() < SILENCE_NANOS) {
                    pause();
                }
            } catch (RuntimeException e) {
                if (goesOn()) {
                    connected = false;
                    outage.noted(e.getClass().getSimpleName());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            try {
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    private void tell(BusMessage message) {
        try {
            receiver.accept(message);
        } catch (RuntimeException e) {
            // One that fails here must not end the subscription.
            LOG.error("A broadcast of another instance failed here", e);
        }
    }

    private void heard(Message message) {
        byte[] body = message.getBody();
        if (body.length == 0) {
            heardAt.set(System.nanoTime());
            connected = running;
            outage.over();
            return;
        }
        RedisFrame frame = RedisFrame.decoded(body);
        // Redis brings back what this instance published; what else is in the channel is not ours.
        if (frame != null && !frame.node().equals(node)) {
            received.increment();
            tell(frame.message());
        }
    }
}

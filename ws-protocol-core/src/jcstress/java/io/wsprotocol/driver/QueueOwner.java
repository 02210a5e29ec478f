package io.wsprotocol.driver;

import io.wsprotocol.driver.OutgoingEntry.Kind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A send queue with the owner's side of it, and what the owner heard. The owner's methods: one thread at a time. */
class QueueOwner implements SendListener {

    final SendQueue queue;
    volatile boolean signalled;
    int completed;
    int waterMarks;
    String order = "";

    QueueOwner() {
        this(ConnectionOptions.defaults());
    }

    QueueOwner(ConnectionOptions options) {
        queue = new SendQueue(options, this, () -> signalled = true);
    }

    static ConnectionOptions bounded(int bytes, int messages) {
        return ConnectionOptions.builder()
                .lowWaterBytes(0)
                .highWaterBytes(bytes)
                .maxQueuedBytes(bytes)
                .maxQueuedMessages(messages)
                .build();
    }

    // ---- any thread ----

    SendResult send(String name) {
        return queue.offer(Kind.BINARY, ByteBuffer.allocate(6), true, name);
    }

    SendResult ping(String name) {
        return queue.offer(Kind.PING, ByteBuffer.allocate(2), true, name);
    }

    // ---- the owner ----

    /** {@return how many sends went out} Takes all that is there, and the Close. */
    int drain() {
        queue.collect();
        int sent = 0;
        for (OutgoingEntry entry = next(); entry != null; entry = next()) {
            sent += entry.kind == Kind.CLOSE ? 0 : 1;
            order += entry.kind == Kind.CLOSE ? "|" : String.valueOf(entry.context);
            queue.finish(entry, SendOutcome.SENT);
        }
        queue.collect();
        return sent;
    }

    private @Nullable OutgoingEntry next() {
        OutgoingEntry entry = queue.pollControl();
        return entry != null ? entry : queue.pollData();
    }

    /** {@return 1 when nothing is reserved any more} */
    int isEmpty() {
        return queue.bytes() == 0 && queue.messages() == 0 ? 1 : 0;
    }

    @Override
    public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
        completed++;
    }

    @Override
    public void writabilityChanged(boolean writable) {
        waterMarks++;
    }

    static int count(@Nullable SendResult result) {
        return result == SendResult.ACCEPTED ? 1 : 0;
    }
}

package io.wsprotocol;

import io.wsprotocol.OperationRing.Operation;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The queued receives, first in, first out; what the {@link ReceiveSide} serves. The oldest stands in the fields, because nearly always
 * it is the only one. HOT. Not thread-safe: confine to one thread or guard with one lock.
 */
abstract sealed class ReceiveQueue permits ReceiveSide {

    /** Of the handle. */
    final HandleOptions options;

    /** Where the payload of the oldest receive goes; null to show it where it lies. */
    @Nullable
    ByteBuffer target;
    /** Of the oldest receive. */
    @Nullable
    Object context;

    /** What is queued behind the oldest; made when the first has to wait. */
    private @Nullable OperationRing behind;

    private int queued;

    ReceiveQueue(HandleOptions options) {
        this.options = options;
    }

    final int queued() {
        return queued;
    }

    final boolean isFull() {
        return queued == options.maxQueuedReceives();
    }

    final void queue(@Nullable ByteBuffer newTarget, @Nullable Object newContext) {
        if (queued++ > 0) {
            addBehind().fill(BufferType.RAW, 0, newTarget, newContext);
            return;
        }
        // A store of a reference costs a barrier, see Action; both are null here
        if (newTarget != null) {
            target = newTarget;
        }
        if (newContext != null) {
            context = newContext;
        }
    }

    private Operation addBehind() {
        OperationRing ring = behind;
        if (ring == null) {
            ring = new OperationRing();
            behind = ring;
        }
        return ring.add();
    }

    final void removeOldest() {
        if (--queued > 0) {
            Operation next = Objects.requireNonNull(behind).remove();
            target = next.buffer;
            context = next.context;
            next.clear();
            return;
        }
        if (target != null) {
            target = null;
        }
        if (context != null) {
            context = null;
        }
    }
}

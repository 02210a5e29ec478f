package io.wsprotocol.driver;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The pump of one handle over one transport, for those who work with the 13 functions themselves: looks at both queues after every
 * completion, completes a transfer only when every byte of it is written, and aborts and drains when something fails. What a
 * connection adds (assembly, deadlines, close, queues for many threads) is {@link WebSocketConnection}'s.
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock.
 *
 * @since 0.1.0
 */
public final class ActionLoop {

    private final WebSocketHandle handle;
    private final Transport transport;
    private final Listener listener;
    private @Nullable Action writing;
    private long unwritten;
    private @Nullable Action reading;
    private boolean inputEnded;
    private boolean over;

    /**
     * Makes a loop; {@link #run} starts it.
     *
     * @param handle an open handle; queue its operations between runs or from the listener
     * @param transport where bytes come from and go to; not closed by the loop
     * @param listener hears what became of operations
     */
    public ActionLoop(WebSocketHandle handle, Transport transport, Listener listener) {
        this.handle = Objects.requireNonNull(handle, "handle");
        this.transport = Objects.requireNonNull(transport, "transport");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /**
     * Does what is possible now.
     *
     * @return what to wait for: bits of {@link Interest}; {@link Interest#CLOSED} once the loop is over
     * @throws IOException when the transport is lost; all operations have been handed back
     * @throws WebSocketProtocolException when the peer broke a rule; what was being written is written as far as the transport took
     *     it, and all operations have been handed back. To tell the peer first, use {@link WebSocketConnection}
     */
    public int run() throws IOException {
        if (over) {
            return Interest.CLOSED;
        }
        boolean ended = false;
        try {
            boolean moved = true;
            while (moved) {
                moved = write();
                moved |= take(ActionQueue.RECEIVE);
                moved |= read();
                moved |= take(ActionQueue.SEND);
            }
            ended = true;
        } finally {
            if (!ended) {
                abort();
            }
        }
        return (reading == null ? Interest.NONE : Interest.READ) | (writing == null ? Interest.NONE : Interest.WRITE);
    }

    /** {@return whether the peer ended its output; receives are cancelled from then on} */
    public boolean inputEnded() {
        return inputEnded;
    }

    /** Gives up: every operation is handed back to the listener as not done. The loop is over. */
    public void abort() {
        if (over) {
            return;
        }
        over = true;
        handle.abort();
        Action write = writing;
        Action read = reading;
        writing = null;
        reading = null;
        if (write != null) {
            handle.completeAction(write, write.totalBytes() - unwritten);
        }
        if (read != null) {
            handle.completeAction(read, 0);
        }
        while (take(ActionQueue.ALL)) {
            // an aborted handle only hands operations back
        }
    }

    /** {@return whether there was one} Asks one queue for one action. */
    private boolean take(ActionQueue queue) {
        Action action = handle.getAction(queue);
        switch (action.type()) {
            case SEND_TO_NETWORK -> {
                writing = action;
                unwritten = action.totalBytes();
            }
            case RECEIVE_FROM_NETWORK -> reading = action;
            case INDICATE_SEND_COMPLETE -> {
                Object context = action.context();
                boolean sent = action.fullyTransferred();
                handle.completeAction(action, 0);
                listener.sendCompleted(context, sent);
            }
            case INDICATE_RECEIVE_COMPLETE -> {
                try {
                    listener.received(action);
                } finally {
                    handle.completeAction(action, 0);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean write() throws IOException {
        Action write = writing;
        if (write == null) {
            return false;
        }
        long written = transport.write(write.buffers(), 0, write.bufferCount());
        unwritten -= written;
        if (unwritten == 0) {
            writing = null;
            handle.completeAction(write, write.totalBytes());
        }
        return written > 0;
    }

    private boolean read() throws IOException {
        Action read = reading;
        if (read == null) {
            return false;
        }
        int bytes = inputEnded ? Transport.END : transport.read(read.buffer());
        if (bytes == 0) {
            return false;
        }
        reading = null;
        if (bytes == Transport.END) {
            inputEnded = true;
        }
        handle.completeAction(read, Math.max(0, bytes));
        return true;
    }

    /**
     * Hears what became of a handle's operations. Called on the owner's thread from inside {@link #run}: it may queue operations on
     * the handle, and must not complete actions.
     *
     * @since 0.1.0
     */
    public interface Listener {

        /**
         * A send is over; its payload belongs to the caller again.
         *
         * @param context what was given with the operation
         * @param sent whether every byte went to the transport
         */
        default void sendCompleted(@Nullable Object context, boolean sent) {}

        /**
         * A receive is over.
         *
         * @param action kind, bytes and context of what arrived, valid during this call; {@link Action#bufferType()} is null when the
         *     receive was cancelled or aborted
         */
        void received(Action action);
    }
}

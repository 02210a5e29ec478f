package io.wsprotocol.spring.server;

import io.wsprotocol.driver.ConnectionEvent;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.spring.ConnectionObserver;
import java.nio.ByteBuffer;

/**
 * An event on its way from a connection to the listener. Copied out under the lock, told without it: the engine's memory is the
 * engine's again as soon as the lock is free. Not thread-safe: confined to the pump.
 */
final class Delivery {

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private final boolean encoded;
    private ConnectionEvent event = ConnectionEvent.NONE;
    private String text = "";
    private ByteBuffer data = NO_BYTES;
    private long bytes;
    private boolean last;

    /**
     * Makes one that carries nothing.
     *
     * @param encoded whether text is told as UTF-8 instead of as a string
     */
    Delivery(boolean encoded) {
        this.encoded = encoded;
    }

    /**
     * {@return whether there was an event to take}
     *
     * @param connection asked for its next event
     */
    boolean take(WebSocketConnection connection) {
        event = connection.nextEvent();
        bytes = isMessage() ? connection.payload().remaining() : 0;
        switch (event) {
            case TEXT -> {
                if (encoded) {
                    data = connection.takePayload();
                } else {
                    text = connection.text();
                }
                last = connection.last();
            }
            case BINARY, PONG -> {
                data = connection.takePayload();
                last = connection.last();
            }
            case CLOSED, NONE -> {}
        }
        return event != ConnectionEvent.NONE;
    }

    /** {@return whether the event is one to {@link #tell}} */
    boolean isMessage() {
        return event != ConnectionEvent.NONE && event != ConnectionEvent.CLOSED;
    }

    /** Reports a message of the application, which a pong is not. */
    void report(ConnectionObserver observer) {
        if (event == ConnectionEvent.TEXT || event == ConnectionEvent.BINARY) {
            observer.messageReceived(bytes, last);
        }
    }

    /** {@return whether the event is the connection's last} */
    boolean isClosed() {
        return event == ConnectionEvent.CLOSED;
    }

    /** Forgets what was taken. */
    void forget() {
        event = ConnectionEvent.NONE;
        text = "";
        data = NO_BYTES;
    }

    /** Tells a message or pong, and forgets it. */
    void tell(ShellListener listener) {
        ConnectionEvent told = event;
        String message = text;
        ByteBuffer payload = data;
        forget();
        switch (told) {
            case TEXT -> {
                if (encoded) {
                    listener.encodedText(payload, last);
                } else {
                    listener.text(message, last);
                }
            }
            case BINARY -> listener.binary(payload, last);
            case PONG -> listener.pong(payload);
            case CLOSED, NONE -> throw new IllegalStateException("no message: " + told);
        }
    }
}

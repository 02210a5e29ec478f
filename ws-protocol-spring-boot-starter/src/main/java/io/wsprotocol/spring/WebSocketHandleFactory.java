package io.wsprotocol.spring;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.driver.ConnectionOptions;

/**
 * Makes handles, one for each connection, with the options and observers of the application context. Thread-safe; what it makes is
 * not. Whoever asks for a handle owns it and closes it.
 *
 * <p>Windows counterpart: {@code WebSocketCreateClientHandle} and {@code WebSocketCreateServerHandle}.
 *
 * @since 0.1.0
 */
public interface WebSocketHandleFactory {

    /** {@return a new client handle with the {@linkplain #options() options} of the application context} */
    default ClientHandle createClientHandle() {
        return createClientHandle(options());
    }

    /** {@return a new server handle with the {@linkplain #options() options} of the application context} */
    default ServerHandle createServerHandle() {
        return createServerHandle(options());
    }

    /**
     * {@return a new client handle with options of the caller's}
     *
     * @param options best made from {@link #options()}; an observer in it hears the handle beside those of the context
     */
    ClientHandle createClientHandle(HandleOptions options);

    /**
     * {@return a new server handle with options of the caller's}
     *
     * @param options best made from {@link #options()}; an observer in it hears the handle beside those of the context
     */
    ServerHandle createServerHandle(HandleOptions options);

    /**
     * {@return a new client handle for a {@link io.wsprotocol.driver.WebSocketConnection}} It enforces the connection's limits,
     * and leaves it to the connection to report how deep its send queue is ({@link ConnectionObserver#queueChanged}).
     *
     * @param options the options of that connection
     */
    ClientHandle createClientHandle(ConnectionOptions options);

    /**
     * {@return a new server handle for a {@link io.wsprotocol.driver.WebSocketConnection}} It enforces the connection's limits,
     * and leaves it to the connection to report how deep its send queue is ({@link ConnectionObserver#queueChanged}).
     *
     * @param options the options of that connection
     */
    ServerHandle createServerHandle(ConnectionOptions options);

    /** {@return the options that handles get when the caller gives none} */
    HandleOptions options();
}

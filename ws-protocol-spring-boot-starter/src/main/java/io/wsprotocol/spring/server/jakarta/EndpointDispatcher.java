package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ShellListener;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Calls an {@link Endpoint} for one session. What it throws goes to its {@code onError} and then closes the session with 1011; a message
 * that cannot be decoded goes to {@code onError} alone. Confined to the pump of its connection.
 */
final class EndpointDispatcher implements ShellListener {

    private static final Log LOG = LogFactory.getLog(EndpointDispatcher.class);

    private final Endpoint endpoint;
    private final EndpointConfig config;
    private final EngineSession session;
    private final ConnectionRegistry registry;
    private final ClassLoader contextLoader;

    /**
     * Makes a dispatcher.
     *
     * @param endpoint the application's
     * @param config what its {@code onOpen} is told
     * @param session the session it is called with
     * @param registry knows the session from its start to its end
     * @param contextLoader the context class loader that the endpoint shall see
     */
    EndpointDispatcher(
            Endpoint endpoint,
            EndpointConfig config,
            EngineSession session,
            ConnectionRegistry registry,
            ClassLoader contextLoader) {
        this.endpoint = endpoint;
        this.config = config;
        this.session = session;
        this.registry = registry;
        this.contextLoader = contextLoader;
    }

    /** One call of the application. */
    @FunctionalInterface
    private interface Call {
        void run() throws Throwable;
    }

    @Override
    public void opened() {
        // Not sooner: whoever finds a connection in the registry may close it, and a container must be ready for that.
        registry.add(session.live(Instant.now()));
        session.opened();
        call(() -> endpoint.onOpen(session, config));
    }

    @Override
    public void text(String payload, boolean last) {
        session.touched();
        call(() -> session.handlers().text(payload, last));
    }

    @Override
    public void binary(ByteBuffer payload, boolean last) {
        session.touched();
        call(() -> session.handlers().binary(payload, last));
    }

    @Override
    public void pong(ByteBuffer payload) {
        call(() -> session.handlers().pong(payload));
    }

    @Override
    public void closed(CloseEvent event) {
        Throwable cause = event.cause();
        if (cause != null) {
            call(() -> endpoint.onError(session, cause));
        }
        String reason = event.reason();
        CloseReason why = new CloseReason(codeOf(statusOf(event)), reason == null ? "" : reason);
        call(() -> endpoint.onClose(session, why));
        call(session::ended);
        // Last, so that a drain lets the endpoint finish.
        registry.remove(session.getId());
    }

    /** As for Spring's handlers: whose clock ran out first, the sender's or the connection's, makes no difference. */
    private static int statusOf(CloseEvent event) {
        return event.cause() instanceof ConnectionException failure && failure.reason() == FailureReason.WRITE_TIMEOUT
                ? SessionSender.NOT_RELIABLE
                : event.code();
    }

    private static CloseReason.CloseCode codeOf(int code) {
        for (CloseReason.CloseCode known : CloseReason.CloseCodes.values()) {
            if (known.getCode() == code) {
                return known;
            }
        }
        return () -> code;
    }

    private void call(Call call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(contextLoader);
        try {
            call.run();
        } catch (DecodeException e) {
            report(e);
        } catch (Throwable e) {
            report(unwrapped(e));
            session.close(new CloseReason(CloseReason.CloseCodes.UNEXPECTED_CONDITION, ""));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void report(Throwable failure) {
        try {
            endpoint.onError(session, failure);
        } catch (Throwable e) {
            LOG.error("An endpoint failed over an error", e);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable inner =
                failure instanceof UndeclaredThrowableException wrapper ? wrapper.getUndeclaredThrowable() : null;
        return inner == null ? failure : inner;
    }
}

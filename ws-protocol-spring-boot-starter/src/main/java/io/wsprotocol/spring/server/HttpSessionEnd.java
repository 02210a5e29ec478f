package io.wsprotocol.spring.server;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Closes the WebSocket sessions of a user with 1008 when the HTTP session ends in which he logged in, as Jakarta WebSocket wants it
 * (§7.2), so that no WebSocket outlives a logout. Follows changes of the HTTP session's id. Thread-safe.
 *
 * @since 0.1.0
 */
public final class HttpSessionEnd implements HttpSessionListener, HttpSessionIdListener {

    private static final Log LOG = LogFactory.getLog(HttpSessionEnd.class);

    private static final CloseStatus LOGGED_OUT = CloseStatus.POLICY_VIOLATION.withReason("the HTTP session ended");

    private final ConcurrentHashMap<String, Set<LoggedIn>> bound = new ConcurrentHashMap<>();

    /**
     * A WebSocket session whose user logged in. Equal to another of the same session. Thread-safe.
     *
     * @since 0.1.0
     */
    public interface LoggedIn {

        /** {@return whether it is open} */
        boolean isOpen();

        /**
         * Closes it.
         *
         * @param status what to say
         * @throws IOException when the socket is broken
         */
        void close(CloseStatus status) throws IOException;
    }

    /** Spring's session. */
    private record SpringSession(WebSocketSession session) implements LoggedIn {

        @Override
        public boolean isOpen() {
            return session.isOpen();
        }

        @Override
        public void close(CloseStatus status) throws IOException {
            session.close(status);
        }
    }

    /** Makes one that knows no session. */
    public HttpSessionEnd() {}

    /** {@return how many HTTP sessions have WebSocket sessions} */
    public int size() {
        return bound.size();
    }

    /** {@return the listener of a WebSocket session, which is tied to the HTTP session as long as both live} */
    ShellListener tied(HttpSession httpSession, WebSocketSession session, ShellListener listener) {
        return tied(httpSession, new SpringSession(session), listener);
    }

    /**
     * {@return the listener of a WebSocket session, which is tied to the HTTP session as long as both live}
     *
     * @param httpSession the one of the handshake
     * @param session the WebSocket session
     * @param listener hears of its connection
     */
    public ShellListener tied(HttpSession httpSession, LoggedIn session, ShellListener listener) {
        return new LifeListener(listener, () -> bind(httpSession, session), () -> unbind(httpSession, session));
    }

    /** Ties a WebSocket session, which is open, to the HTTP session of its handshake. */
    void bind(HttpSession httpSession, WebSocketSession session) {
        bind(httpSession, new SpringSession(session));
    }

    private void bind(HttpSession httpSession, LoggedIn session) {
        String id = httpSession.getId();
        bound.compute(id, (key, known) -> {
            Set<LoggedIn> sessions = known == null ? ConcurrentHashMap.newKeySet() : known;
            sessions.add(session);
            return sessions;
        });
        try {
            httpSession.getCreationTime();
            if (!httpSession.getId().equals(id)) {
                move(id, httpSession.getId());
            }
        } catch (IllegalStateException ended) {
            // Between the look at it and this: its end was told before we listened.
            end(id);
        }
    }

    /** Forgets a WebSocket session that is over. */
    void unbind(HttpSession httpSession, WebSocketSession session) {
        unbind(httpSession, new SpringSession(session));
    }

    private void unbind(HttpSession httpSession, LoggedIn session) {
        bound.computeIfPresent(httpSession.getId(), (key, sessions) -> {
            sessions.remove(session);
            return sessions.isEmpty() ? null : sessions;
        });
    }

    @Override
    public void sessionDestroyed(HttpSessionEvent event) {
        end(event.getSession().getId());
    }

    @Override
    public void sessionIdChanged(HttpSessionEvent event, String oldSessionId) {
        move(oldSessionId, event.getSession().getId());
    }

    private void move(String oldId, String newId) {
        Set<LoggedIn> sessions = bound.remove(oldId);
        if (sessions == null) {
            return;
        }
        bound.compute(newId, (key, known) -> {
            if (known != null) {
                sessions.addAll(known);
            }
            // One that ended on the way looked for itself in vain, under an id that was not there.
            sessions.removeIf(session -> !session.isOpen());
            return sessions.isEmpty() ? null : sessions;
        });
    }

    private void end(String id) {
        Set<LoggedIn> sessions = bound.remove(id);
        if (sessions == null) {
            return;
        }
        for (LoggedIn session : sessions) {
            try {
                session.close(LOGGED_OUT);
            } catch (IOException e) {
                LOG.debug("A WebSocket session could not be closed with its HTTP session", e);
            }
        }
    }
}

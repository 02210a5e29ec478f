package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.LiveConnection;
import io.wsprotocol.spring.server.SessionIds;
import io.wsprotocol.spring.server.SessionSettings;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.net.URI;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * Jakarta WebSocket's session on the engine. Thread-safe: any thread may send, at any time, also several at once; each message
 * stays whole. After {@code onClose} has returned, every method but {@code getId}, {@code isOpen} and {@code close} throws
 * {@link IllegalStateException}, as the interface has it; until then all may be asked.
 */
final class EngineSession implements Session {

    private static final Log LOG = LogFactory.getLog(EngineSession.class);
    private static final int ABNORMAL = 1006;
    private static final int TLS_FAILURE = 1015;

    private final String id = SessionIds.next();
    private final EngineServerContainer container;
    private final DeployedEndpoint endpoint;
    private final SessionEndpointConfig config;
    private final OpeningRequest request;
    private final Agreed agreed;
    private final DeadlineScheduler scheduler;
    private final MessageCoders coders;
    private final SessionHandlers handlers;
    private final IdleTimeout idle;
    private final BasicRemote basic = new BasicRemote(this);
    private final AsyncRemote async = new AsyncRemote(this);

    private volatile @Nullable ConnectionShell shell;
    private volatile @Nullable SessionSender sender;
    private volatile boolean batching;
    private volatile int maxText;
    private volatile int maxBinary;
    private volatile long asyncSendTimeout;
    private volatile boolean ended;

    /**
     * What the handshake agreed on. Immutable.
     *
     * @param settings of the connection
     * @param subprotocol or null
     * @param extensions permessage-deflate or nothing
     */
    record Agreed(SessionSettings settings, @Nullable String subprotocol, List<Extension> extensions) {}

    EngineSession(
            EngineServerContainer container,
            DeployedEndpoint endpoint,
            SessionEndpointConfig config,
            OpeningRequest request,
            Agreed agreed,
            DeadlineScheduler scheduler) {
        this.container = container;
        this.endpoint = endpoint;
        this.config = config;
        this.request = request;
        this.agreed = agreed;
        this.scheduler = scheduler;
        this.coders = new MessageCoders(config);
        this.handlers = new SessionHandlers(this, coders, config.getDecoders());
        this.maxText = limited(container.getDefaultMaxTextMessageBufferSize());
        this.maxBinary = limited(container.getDefaultMaxBinaryMessageBufferSize());
        this.asyncSendTimeout = container.getDefaultAsyncSendTimeout();
        this.idle = new IdleTimeout(scheduler, this::closeIdle);
    }

    /** The connection is there. */
    void attach(ConnectionShell connection) {
        sender = new SessionSender(connection, agreed.settings(), scheduler);
        shell = connection;
    }

    /** The session is open: its time begins. */
    void opened() {
        container.sessions().add(path(), this);
        setMaxIdleTimeout(container.getDefaultMaxSessionIdleTimeout());
    }

    /** Something arrived or leaves. */
    void touched() {
        idle.touched();
    }

    /** The connection is over, and everybody was told. */
    void ended() {
        container.sessions().remove(path(), this);
        ended = true;
        idle.end();
        coders.destroy();
    }

    SessionHandlers handlers() {
        return handlers;
    }

    MessageCoders coders() {
        return coders;
    }

    SessionSender sender() {
        touched();
        SessionSender ours = sender;
        if (ours == null) {
            throw new IllegalStateException("the session is not open yet");
        }
        return ours;
    }

    boolean batching() {
        return batching;
    }

    void batching(boolean allowed) {
        batching = allowed;
    }

    long asyncSendTimeout() {
        return asyncSendTimeout;
    }

    void asyncSendTimeout(long millis) {
        asyncSendTimeout = millis;
    }

    /** {@return what operators see of this session} */
    LiveConnection live(Instant openedAt) {
        return new LiveConnection(
                id,
                Objects.requireNonNullElse(request.getRequestURI().getPath(), ""),
                openedAt,
                request.remoteAddress(),
                agreed.subprotocol(),
                connection());
    }

    private ConnectionShell connection() {
        ConnectionShell ours = shell;
        if (ours == null) {
            throw new IllegalStateException("the session is not open yet");
        }
        return ours;
    }

    private void requireNotEnded() {
        if (ended) {
            throw new IllegalStateException(
                    "session " + id + " has ended: what is known of it can be asked in onClose");
        }
    }

    @Override
    public WebSocketContainer getContainer() {
        requireNotEnded();
        return container;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void addMessageHandler(MessageHandler handler) {
        requireNotEnded();
        boolean partial = handler instanceof MessageHandler.Partial;
        Class<?> kind = partial ? MessageHandler.Partial.class : MessageHandler.Whole.class;
        Class<?> type = ResolvableType.forClass(handler.getClass())
                .as(kind)
                .getGeneric(0)
                .resolve();
        if (type == null) {
            throw new IllegalArgumentException(
                    handler.getClass().getName() + " does not say what it takes: add it with its type");
        }
        if (handler instanceof MessageHandler.Partial<?> parts) {
            addMessageHandler((Class<Object>) type, (MessageHandler.Partial<Object>) parts);
        } else {
            addMessageHandler((Class<Object>) type, (MessageHandler.Whole<Object>) handler);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> void addMessageHandler(Class<T> type, MessageHandler.Partial<T> handler) {
        requireNotEnded();
        handlers.add(new SessionHandlers.Receiver(
                handler, type, true, -1, (payload, last) -> handler.onMessage((T) payload, last)));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> void addMessageHandler(Class<T> type, MessageHandler.Whole<T> handler) {
        requireNotEnded();
        handlers.add(new SessionHandlers.Receiver(
                handler, type, false, -1, (payload, last) -> handler.onMessage((T) payload)));
    }

    @Override
    public Set<MessageHandler> getMessageHandlers() {
        requireNotEnded();
        return handlers.handlers();
    }

    @Override
    public void removeMessageHandler(MessageHandler handler) {
        requireNotEnded();
        handlers.remove(handler);
    }

    @Override
    public String getProtocolVersion() {
        requireNotEnded();
        return "13";
    }

    @Override
    public String getNegotiatedSubprotocol() {
        requireNotEnded();
        String subprotocol = agreed.subprotocol();
        return subprotocol == null ? "" : subprotocol;
    }

    @Override
    public List<Extension> getNegotiatedExtensions() {
        requireNotEnded();
        return agreed.extensions();
    }

    @Override
    public boolean isSecure() {
        requireNotEnded();
        return request.secure();
    }

    @Override
    public boolean isOpen() {
        ConnectionShell ours = shell;
        return ours != null && ours.isOpen();
    }

    @Override
    public long getMaxIdleTimeout() {
        requireNotEnded();
        return idle.millis();
    }

    /**
     * Sets how long the session may be without a message of either side until it is closed with 1001. The timeouts of the engine hold
     * besides.
     *
     * @param millis 0 or less for ever
     */
    @Override
    public void setMaxIdleTimeout(long millis) {
        requireNotEnded();
        idle.set(millis);
    }

    /** On the timer's thread, which is everybody's. */
    private void closeIdle(long millis) {
        ConnectionShell connection = connection();
        try {
            connection.execute(() -> connection.close(
                    CloseReason.CloseCodes.GOING_AWAY.getCode(), "The session was idle for " + millis + " ms"));
        } catch (RejectedExecutionException e) {
            // The container stops, and closes the connection itself.
            LOG.debug("An idle session was not closed", e);
        }
    }

    @Override
    public void setMaxBinaryMessageBufferSize(int bytes) {
        requireNotEnded();
        maxBinary = limited(bytes);
    }

    @Override
    public int getMaxBinaryMessageBufferSize() {
        requireNotEnded();
        return maxBinary;
    }

    @Override
    public void setMaxTextMessageBufferSize(int characters) {
        requireNotEnded();
        maxText = limited(characters);
    }

    @Override
    public int getMaxTextMessageBufferSize() {
        requireNotEnded();
        return maxText;
    }

    /** What arrives in parts and is put together here, the engine's own limit does not see. */
    private int limited(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("a limit of messages is at least 0, was " + size);
        }
        return (int) Math.min(size, agreed.settings().options().maxMessageBytes());
    }

    @Override
    public RemoteEndpoint.Async getAsyncRemote() {
        requireNotEnded();
        return async;
    }

    @Override
    public RemoteEndpoint.Basic getBasicRemote() {
        requireNotEnded();
        return basic;
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public void close() {
        close(new CloseReason(CloseReason.CloseCodes.NORMAL_CLOSURE, ""));
    }

    @Override
    public void close(CloseReason reason) {
        int code = reason.getCloseCode().getCode();
        if (code == ABNORMAL || code == TLS_FAILURE) {
            // RFC 6455 §7.4.1: never sent in a Close; they say that there was none.
            connection().abort();
            return;
        }
        CloseInfo info = CloseInfo.truncated(code, Objects.requireNonNullElse(reason.getReasonPhrase(), ""));
        connection().close(info.status(), info.reason());
    }

    @Override
    public URI getRequestURI() {
        requireNotEnded();
        return request.getRequestURI();
    }

    @Override
    public Map<String, List<String>> getRequestParameterMap() {
        requireNotEnded();
        return request.getParameterMap();
    }

    @Override
    public @Nullable String getQueryString() {
        requireNotEnded();
        return request.getQueryString();
    }

    @Override
    public Map<String, String> getPathParameters() {
        requireNotEnded();
        return config.pathParameters();
    }

    @Override
    public Map<String, Object> getUserProperties() {
        requireNotEnded();
        return config.getUserProperties();
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        requireNotEnded();
        return request.getUserPrincipal();
    }

    @Override
    public Set<Session> getOpenSessions() {
        requireNotEnded();
        return container.sessions().of(path());
    }

    private String path() {
        return endpoint.config().getPath();
    }
}

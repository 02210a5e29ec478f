package io.wsprotocol.spring.server;

import io.wsprotocol.CloseInfo;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.driver.SendResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.AbstractWebSocketSession;
import org.springframework.web.socket.handler.SessionLimitExceededException;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * Spring's session on the ws-protocol engine. Thread-safe: any thread may send, at any time, also several at once; each message
 * stays whole. (Parts of one message must of course come from one place. A broadcast waits until the last of them was sent; a {@code TextMessage}
 * or {@code BinaryMessage} that says that it is the last part is taken for that part, as by containers.)
 *
 * <p>Unless configured otherwise, sending waits while the peer is slow: once the send queue is above its high water mark, until it has fallen below the low
 * one. When that takes longer than the send timeout, the session is closed with {@link CloseStatus#SESSION_NOT_RELIABLE}. Whoever
 * closes it with that status gives up what is queued. A send that returned normally was accepted and may still be on its way.
 *
 * @since 0.1.0
 */
public final class WsProtocolWebSocketSession extends AbstractWebSocketSession<ConnectionShell> {

    private final String id = SessionIds.next();
    private final Request request;
    private final long sendTimeoutNanos;
    private final boolean waits;
    private final int maxMessageBytes;
    private volatile int textLimit;
    private volatile int binaryLimit;
    private final TextPartEncoder textParts = new TextPartEncoder();

    /**
     * What the session knows from the handshake. Immutable.
     *
     * @param uri the request's address
     * @param headers its headers, a copy
     * @param principal who asked, if known
     * @param localAddress where the connection ends here, if known
     * @param remoteAddress where it ends there, if known
     * @param subprotocol what was agreed, or null
     * @param extensions what was agreed: permessage-deflate with its parameters, or nothing
     * @since 0.1.0
     */
    public record Request(
            @Nullable URI uri,
            HttpHeaders headers,
            @Nullable Principal principal,
            @Nullable InetSocketAddress localAddress,
            @Nullable InetSocketAddress remoteAddress,
            @Nullable String subprotocol,
            List<WebSocketExtension> extensions) {

        /** Checks what must be there and copies the list. */
        public Request {
            Objects.requireNonNull(headers, "headers");
            extensions = List.copyOf(extensions);
        }
    }

    /**
     * Makes a session that has no connection yet.
     *
     * @param request what was asked for and agreed
     * @param attributes put there by handshake interceptors; copied
     * @param settings those of its connection: a limit of messages, which the limits of this session cannot exceed and which does not
     *     count in partial mode; whether and how long a send waits for a slow peer
     */
    WsProtocolWebSocketSession(Request request, Map<String, Object> attributes, SessionSettings settings) {
        super(attributes);
        this.request = request;
        ConnectionOptions options = settings.options();
        this.maxMessageBytes = options.partialMessages()
                ? Integer.MAX_VALUE
                : (int) Math.min(options.maxMessageBytes(), Integer.MAX_VALUE);
        this.textLimit = options.partialMessages() ? maxMessageBytes : atMost(settings.textBytes());
        this.binaryLimit = options.partialMessages() ? maxMessageBytes : atMost(settings.binaryBytes());
        this.sendTimeoutNanos = settings.sendTimeout().toNanos();
        this.waits = settings.waits();
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public @Nullable URI getUri() {
        return request.uri();
    }

    @Override
    public HttpHeaders getHandshakeHeaders() {
        return request.headers();
    }

    @Override
    public @Nullable Principal getPrincipal() {
        return request.principal();
    }

    @Override
    public @Nullable InetSocketAddress getLocalAddress() {
        return request.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        return request.remoteAddress();
    }

    @Override
    public @Nullable String getAcceptedProtocol() {
        return request.subprotocol();
    }

    /** {@return permessage-deflate with the parameters agreed on, or nothing} */
    @Override
    public List<WebSocketExtension> getExtensions() {
        return request.extensions();
    }

    /**
     * Sets the greatest text message that the peer may send. A longer one closes the session with 1009 as soon as it has grown too
     * long, or a frame says that it will. Values above the connection's own limit have the effect of that limit.
     *
     * @param bytes its length as UTF-8
     */
    @Override
    public void setTextMessageSizeLimit(int bytes) {
        textLimit = limited(bytes);
        getNativeSession().limitText(bytes);
    }

    @Override
    public int getTextMessageSizeLimit() {
        return textLimit;
    }

    /**
     * Sets the greatest binary message that the peer may send. A longer one closes the session with 1009 as soon as it has grown
     * too long, or a frame says that it will. Values above the connection's own limit have the effect of that limit.
     *
     * @param bytes its length
     */
    @Override
    public void setBinaryMessageSizeLimit(int bytes) {
        binaryLimit = limited(bytes);
        getNativeSession().limitBinary(bytes);
    }

    @Override
    public int getBinaryMessageSizeLimit() {
        return binaryLimit;
    }

    /**
     * Sends a message that many sessions share, and never waits, whatever the overflow policy of this session says about waiting.
     *
     * @param message the message
     * @param receipt hears, exactly once, what became of it if it was accepted; null if nobody wants to know
     * @return whether it was accepted
     */
    public SendResult trySend(PreparedMessage message, @Nullable SendReceipt receipt) {
        return getNativeSession().trySend(message, receipt);
    }

    @Override
    public boolean isOpen() {
        return getNativeSession().isOpen();
    }

    /** The connection is open, and nothing was read from it yet: its messages have the limits of this session from now on. */
    void opened() {
        ConnectionShell shell = getNativeSession();
        if (textLimit < maxMessageBytes) {
            shell.limitText(textLimit);
        }
        if (binaryLimit < maxMessageBytes) {
            shell.limitBinary(binaryLimit);
        }
    }

    /** {@return what operators see of this session} */
    LiveConnection live(Instant openedAt) {
        URI uri = request.uri();
        return new LiveConnection(
                id,
                uri == null ? "" : uri.getPath(),
                openedAt,
                request.remoteAddress(),
                request.subprotocol(),
                getNativeSession());
    }

    @Override
    protected void sendTextMessage(TextMessage message) throws IOException {
        ConnectionShell shell = getNativeSession();
        if (message.isLast() && !textParts.isInside()) {
            String text = message.getPayload();
            send(() -> shell.trySendText(text));
        } else {
            ByteBuffer utf8 = textParts.encode(message.getPayload(), message.isLast());
            send(() -> shell.trySend(MessageType.TEXT, utf8, message.isLast()));
        }
    }

    /**
     * {@return the session of the engine behind Spring's decorators; null when another engine carries it}
     *
     * @param session what a handler got, or what a decorator was put around
     */
    public static @Nullable WsProtocolWebSocketSession behind(WebSocketSession session) {
        return WebSocketSessionDecorator.unwrap(session) instanceof WsProtocolWebSocketSession ours ? ours : null;
    }

    /**
     * Sends a text message, or a part of one, as it is, also where compression was agreed on: for secrets that share a message with what a
     * stranger chose, whose length would tell about them, and for what does not compress. The first part decides for the message. Sends
     * directly, past what a decorator may hold back.
     *
     * @param message the message or part
     * @throws IOException as {@link #sendMessage} does
     */
    public void sendUncompressed(TextMessage message) throws IOException {
        checkNativeSessionInitialized();
        ConnectionShell shell = getNativeSession();
        ByteBuffer utf8 = textParts.encode(message.getPayload(), message.isLast());
        send(() -> shell.trySendUncompressed(MessageType.TEXT, utf8, message.isLast()));
    }

    /**
     * Sends a binary message, or a part of one, as it is, also where compression was agreed on.
     *
     * @param message the message or part
     * @throws IOException as {@link #sendMessage} does
     */
    public void sendUncompressed(BinaryMessage message) throws IOException {
        checkNativeSessionInitialized();
        ConnectionShell shell = getNativeSession();
        ByteBuffer copy = copyOf(message);
        send(() -> shell.trySendUncompressed(MessageType.BINARY, copy, message.isLast()));
    }

    @Override
    protected void sendBinaryMessage(BinaryMessage message) throws IOException {
        ConnectionShell shell = getNativeSession();
        ByteBuffer copy = copyOf(message);
        send(() -> shell.trySend(MessageType.BINARY, copy, message.isLast()));
    }

    /** The caller may use its buffer again, and broadcasts share one among sessions: its position is not ours to move. */
    private static ByteBuffer copyOf(BinaryMessage message) {
        ByteBuffer payload = message.getPayload();
        ByteBuffer copy = ByteBuffer.allocate(payload.remaining());
        return copy.put(payload.duplicate()).flip();
    }

    @Override
    protected void sendPingMessage(PingMessage message) throws IOException {
        ConnectionShell shell = getNativeSession();
        send(() -> shell.tryPing(message.getPayload().duplicate()));
    }

    @Override
    protected void sendPongMessage(PongMessage message) throws IOException {
        ConnectionShell shell = getNativeSession();
        send(() -> shell.tryPong(message.getPayload().duplicate()));
    }

    @Override
    protected void closeInternal(CloseStatus status) {
        if (status.getCode() == CloseStatus.SESSION_NOT_RELIABLE.getCode()) {
            // Spring's decorator says so of a peer that does not read: a Close behind its queue would never leave.
            getNativeSession().failSlowPeer(status.getCode());
            return;
        }
        String reason = status.getReason();
        CloseInfo info = CloseInfo.truncated(status.getCode(), reason == null ? "" : reason);
        getNativeSession().close(info.status(), info.reason());
    }

    private void send(Supplier<SendResult> attempt) throws IOException {
        SendResult result;
        try {
            result = waits ? getNativeSession().send(attempt, sendTimeoutNanos) : attempt.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a slow peer");
        }
        switch (result) {
            case ACCEPTED, DROPPED -> {}
            case CLOSED -> {
                // The peer took nothing for as long as this send waited: whose clock ran out first makes no difference.
                if (getNativeSession().failureReason() == FailureReason.WRITE_TIMEOUT) {
                    throw notReliable();
                }
                throw new IOException("the WebSocket session " + id + " is closed");
            }
            case FULL -> {
                if (!waits) {
                    throw new SendQueueFullException(id);
                }
                // A Close behind what the peer does not read would never leave.
                getNativeSession().failSlowPeer(CloseStatus.SESSION_NOT_RELIABLE.getCode());
                throw notReliable();
            }
        }
    }

    private SessionLimitExceededException notReliable() {
        return new SessionLimitExceededException(
                "the send queue of session " + id + " found no room within the send timeout",
                CloseStatus.SESSION_NOT_RELIABLE);
    }

    private int limited(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a message size limit must not be negative: " + bytes);
        }
        return atMost(bytes);
    }

    private int atMost(long bytes) {
        return (int) Math.min(bytes, maxMessageBytes);
    }
}

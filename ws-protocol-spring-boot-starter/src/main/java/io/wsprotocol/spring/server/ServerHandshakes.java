package io.wsprotocol.spring.server;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.spring.ConnectionCap;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.WebSocketHandleFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Answers opening handshakes, whatever HTTP stack they came by: refuses what is wrong or not welcome now, and judges every header
 * of the rest by the engine (RFC 6455 §4.2.1). Thread-safe.
 *
 * @since 0.1.0
 */
public final class ServerHandshakes {

    private static final String GET = "GET";
    private static final String RETRY_AFTER = "Retry-After";

    private final WebSocketHandleFactory handles;
    private final ConnectionObserverFactory observers;
    private final SessionProfiles profiles;
    private final ConnectionRegistry registry;
    private final ConnectionCaps caps;
    private final Duration retryAfter;

    /**
     * Makes one.
     *
     * @param handles makes the handle of each connection
     * @param observers hears how handshakes end
     * @param profiles the settings of each endpoint's sessions
     * @param registry says whether new connections are welcome
     * @param caps says whether there is room for one more
     * @param retryAfter when those that are not welcome may come again
     */
    public ServerHandshakes(
            WebSocketHandleFactory handles,
            ConnectionObserverFactory observers,
            SessionProfiles profiles,
            ConnectionRegistry registry,
            ConnectionCaps caps,
            Duration retryAfter) {
        this.handles = Objects.requireNonNull(handles, "handles");
        this.observers = Objects.requireNonNull(observers, "observers");
        this.profiles = Objects.requireNonNull(profiles, "profiles");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.caps = Objects.requireNonNull(caps, "caps");
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** A request as its HTTP stack parsed it. Confined to the thread that answers it. */
    public interface Request {

        /** {@return the method} */
        String method();

        /** {@return the protocol, such as {@code HTTP/1.1}} */
        String protocol();

        /** {@return the protocol that an extended CONNECT asks for (RFC 8441 §4); null when the request is none} */
        default @Nullable String extendedConnect() {
            return null;
        }

        /** {@return whether a body follows the head} */
        boolean hasBody();

        /**
         * {@return every line of the head behind the first}
         *
         * @throws IllegalArgumentException when one of them can be no header
         */
        List<HttpHeader> headers();

        /** {@return the peer's address as text, if known} */
        @Nullable
        String remoteAddress();
    }

    /** What is answered. */
    public sealed interface Answer {

        /**
         * The connection, or the stream, is a WebSocket's. Immutable, but for the handle.
         *
         * @param status of the response: 101, or 200 after an extended CONNECT
         * @param handle of the connection, its handshake answered; the caller's from now on
         * @param settings of the session
         * @param compression what was agreed, or null
         * @param headers of the response
         */
        record Accepted(
                int status,
                ServerHandle handle,
                SessionSettings settings,
                @Nullable Agreement compression,
                List<HttpHeader> headers)
                implements Answer {}

        /**
         * The connection is not upgraded and ends with the response: what the client may have sent behind its request is nobody's
         * (RFC 6455 §4.2.1). Immutable.
         *
         * @param status of the response
         * @param headers of the response, besides {@code Connection: close}, which HTTP/2 has no use for
         */
        record Refused(int status, List<HttpHeader> headers) implements Answer {}
    }

    /** {@return whether sessions of the endpoint with that mapping are compressed when their client offers it} */
    public boolean compresses(String mapping) {
        return profiles.settingsFor(mapping, false).options().compression() != null;
    }

    /**
     * Takes over what the application said about an endpoint other than by properties.
     *
     * @param mapping the pattern that the endpoint is mapped to
     * @param limits what it said
     * @return what there is to say about it
     */
    List<String> declare(String mapping, DeclaredLimits limits) {
        return profiles.declare(mapping, limits);
    }

    /**
     * {@return the answer to a handshake}
     *
     * @param request asks for it
     * @param mapping the pattern that the endpoint is mapped to; null when that is not known
     * @param partial whether the endpoint's handler takes messages in parts
     * @param subprotocol chosen by the application, or null
     */
    public Answer answer(Request request, @Nullable String mapping, boolean partial, @Nullable String subprotocol) {
        // RFC 6455 §4.1, §4.2.1: a GET of HTTP/1.1 or higher. RFC 9110 §7.8: no upgrade from HTTP/1.0.
        boolean upgrade = request.extendedConnect() == null;
        if (upgrade && !GET.equals(request.method())) {
            return refused(405, List.of(new HttpHeader("Allow", GET)), null);
        }
        // A body would be taken for frames by one side and not by the other. RFC 9113 §8.6: no upgrade from HTTP/2.
        if (request.hasBody() || (upgrade && !"HTTP/1.1".equals(request.protocol()))) {
            return refused(400, List.of(), null);
        }
        if (registry.isDraining()) {
            // RFC 9110 §15.6.4: seconds, of which there is at least one.
            String seconds = Long.toString(Math.max(1, retryAfter.toSeconds()));
            return refused(503, List.of(new HttpHeader(RETRY_AFTER, seconds)), null);
        }
        ConnectionCap cap = caps.check(request.remoteAddress());
        if (cap != null) {
            observers.handshakeCapped(HandleRole.SERVER, cap);
            String seconds = cap == ConnectionCap.HANDSHAKE_RATE ? "2" : "30";
            return new Answer.Refused(cap.httpStatus(), List.of(new HttpHeader(RETRY_AFTER, seconds)));
        }
        return judged(request, profiles.settingsFor(mapping, partial), subprotocol);
    }

    private Answer judged(Request request, SessionSettings settings, @Nullable String subprotocol) {
        ServerHandle handle = handles.createServerHandle(settings.options());
        boolean accepted = false;
        try {
            List<HttpHeader> headers = request.headers();
            DeflateOptions wanted = settings.options().compression();
            Agreement compression = wanted == null ? null : DeflateNegotiation.answer(wanted, headers);
            List<String> extensions = compression == null ? List.of() : List.of(compression.extension());
            String protocol = request.extendedConnect();
            List<HttpHeader> answer = protocol == null
                    ? handle.beginHandshake(subprotocol, extensions, headers)
                    : handle.beginExtendedConnect(protocol, subprotocol, extensions, headers);
            accepted = true;
            return new Answer.Accepted(protocol == null ? 101 : 200, handle, settings, compression, answer);
        } catch (WebSocketHandshakeException e) {
            return refused(e.httpStatus(), e.responseHeaders(), e.violation());
        } catch (IllegalArgumentException e) {
            // A header of the request that can be none, or a sub-protocol of the application's that the client did not
            // offer.
            return refused(400, List.of(), null);
        } finally {
            if (!accepted) {
                handle.close();
            }
        }
    }

    private Answer refused(int status, List<HttpHeader> headers, @Nullable Violation violation) {
        observers.handshakeRefused(HandleRole.SERVER, violation);
        return new Answer.Refused(status, headers);
    }
}

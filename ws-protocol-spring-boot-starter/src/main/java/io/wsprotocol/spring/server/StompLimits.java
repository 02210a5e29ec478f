package io.wsprotocol.spring.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.messaging.StompSubProtocolHandler;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * What a STOMP endpoint's transport registration says. Spring itself holds its peers to those limits; here it is asked what the engine
 * must let through for them to be reached at all. Without state.
 *
 * @since 0.1.0
 */
public final class StompLimits implements LimitSource {

    private static final boolean MESSAGING =
            ClassUtils.isPresent("org.springframework.messaging.MessageHandler", StompLimits.class.getClassLoader());

    /** Makes one. */
    public StompLimits() {}

    @Override
    public DeclaredLimits declaredFor(WebSocketHandler handler, @Nullable RequestUpgradeStrategy replaced) {
        return MESSAGING ? Messaging.limitsOf(handler) : DeclaredLimits.NONE;
    }

    /** Apart, because its classes may be missing. */
    private static final class Messaging {

        static DeclaredLimits limitsOf(WebSocketHandler handler) {
            if (!(handler instanceof SubProtocolWebSocketHandler stomp)) {
                return DeclaredLimits.NONE;
            }
            long message = stomp.getProtocolHandlers().stream()
                    .filter(StompSubProtocolHandler.class::isInstance)
                    .mapToLong(protocol -> ((StompSubProtocolHandler) protocol).getMessageSizeLimit())
                    .max()
                    .orElse(0);
            return new DeclaredLimits(null, null, null, message, Duration.ofMillis(stomp.getSendTimeLimit()));
        }
    }
}

package io.wsprotocol.driver;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ended. Immutable.
 *
 * @param code the status of the first Close received, 1005 if that had none (RFC 6455 §7.1.5); without one 1006, or after a failure
 *     that this side declared the status it chose
 * @param reason the reason that belongs to the code, peer's text if the peer chose the code: not for end users (RFC 6455
 *     §5.5.1); null when there is none
 * @param clean whether both sides sent and received a Close (RFC 6455 §7.1.4)
 * @param initiator who began to close
 * @param cause why the connection failed: {@link io.wsprotocol.WebSocketProtocolException}, {@link ConnectionException} or the
 *     transport's error; null when it closed as asked
 * @since 0.1.0
 */
public record CloseEvent(
        int code,
        @Nullable String reason,
        boolean clean,
        Initiator initiator,
        @Nullable Throwable cause) {

    /** Checks the parts. */
    public CloseEvent {
        Objects.requireNonNull(initiator, "initiator");
    }

    /** {@return code, flags and the kind of the cause; never the peer's reason} */
    @Override
    public String toString() {
        return "CloseEvent[code=" + code + ", clean=" + clean + ", initiator=" + initiator + ", cause="
                + (cause == null ? "none" : cause.getClass().getSimpleName()) + "]";
    }

    /** Who began to close a connection. Immutable. */
    public enum Initiator {
        /** This side: by a call, a limit, a deadline or because the peer broke a rule. */
        LOCAL,
        /** The peer, with a Close frame. */
        REMOTE,
        /** Nobody: the transport was lost (RFC 6455 §7.1.5, 1006). */
        TRANSPORT
    }
}

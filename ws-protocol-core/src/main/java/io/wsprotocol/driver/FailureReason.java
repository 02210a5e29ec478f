package io.wsprotocol.driver;

import io.wsprotocol.CloseStatus;

/**
 * The limits and deadlines of a connection whose breach ends it, one constant each, with the status that the Close about it
 * carries. Immutable.
 *
 * @since 0.1.0
 */
public enum FailureReason {
    /** L-01: an assembled message would grow beyond {@link ConnectionOptions#maxMessageBytes()}. */
    MESSAGE_TOO_BIG(CloseStatus.MESSAGE_TOO_BIG, "message too big"),
    /** L-05: a message took longer than {@link ConnectionOptions#messageTimeout()}. */
    MESSAGE_TOO_SLOW(CloseStatus.POLICY_VIOLATION, "message too slow"),
    /** L-06: more pings and pongs than {@link ConnectionOptions#controlFrameRate()} allows. */
    TOO_MANY_CONTROL_FRAMES(CloseStatus.POLICY_VIOLATION, "too many control frames"),
    /** L-10: nothing moved for {@link ConnectionOptions#idleTimeout()}. */
    IDLE_TIMEOUT(CloseStatus.GOING_AWAY, "idle timeout"),
    /** L-10: no answer to a ping within {@link ConnectionOptions#pongTimeout()}. */
    PONG_TIMEOUT(CloseStatus.GOING_AWAY, "ping timeout"),
    /** L-12: the queue overflowed under {@link OverflowPolicy#CLOSE}, or {@link WebSocketConnection#failSlowPeer} was called. */
    SEND_QUEUE_OVERFLOW(CloseStatus.POLICY_VIOLATION, "reads too slowly"),
    /** L-27: the connection is older than {@link ConnectionOptions#maxLifetime()}. */
    LIFETIME_OVER(CloseStatus.POLICY_VIOLATION, "session too old"),
    /** An extension's reserved bits on a connection that has no extension (RFC 6455 §5.2). */
    UNKNOWN_EXTENSION(CloseStatus.PROTOCOL_ERROR, "reserved bits"),
    /** A compressed message is not DEFLATE, or ends inside a block (RFC 7692 §7.2.2). */
    CORRUPT_COMPRESSION(CloseStatus.INVALID_PAYLOAD, "corrupt compressed data"),
    /** A compressed text message is not UTF-8 (RFC 6455 §8.1). */
    INVALID_UTF8(CloseStatus.INVALID_PAYLOAD, "not UTF-8"),
    /** L-19: a compressed message grows by more than {@link io.wsprotocol.deflate.DeflateOptions#maxRatio()}. */
    COMPRESSION_RATIO(CloseStatus.MESSAGE_TOO_BIG, "compressed too well"),
    /** L-20: a message has more compressed bytes than one of the greatest size can need. */
    COMPRESSED_TOO_BIG(CloseStatus.MESSAGE_TOO_BIG, "compressed data too big"),
    /** L-11: the transport took no byte for {@link ConnectionOptions#writeTimeout()}; no Close can be sent. */
    WRITE_TIMEOUT(CloseStatus.ABNORMAL, "write timeout"),
    /** L-09: the peer did not finish the closing handshake within {@link ConnectionOptions#closeTimeout()}. */
    CLOSE_TIMEOUT(CloseStatus.ABNORMAL, "close timeout");

    private final int closeStatus;
    private final String text;

    FailureReason(int closeStatus, String text) {
        this.closeStatus = closeStatus;
        this.text = text;
    }

    /** {@return the status that the Close carries; 1006 where the transport is dropped without one} */
    public int closeStatus() {
        return closeStatus;
    }

    /** {@return a few words, also the reason of the Close} */
    String text() {
        return text;
    }
}

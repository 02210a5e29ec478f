package io.wsprotocol.driver;

import io.wsprotocol.BufferType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a silent connection alive and notices a dead one. A ping carries its number in eight bytes, and only a Pong with the number
 * of an unanswered ping counts (RFC 6455 §5.5.3). Also the context of its own frames in the handle. Not thread-safe:
 * confine to one thread or guard with one lock.
 */
final class KeepAlive {

    private final boolean pings;
    private final int missedAllowed;
    private final Deadlines deadlines;
    private @Nullable ByteBuffer payload;
    private boolean wanted;
    /** The number of the last ping; one each second would last 68 years. */
    private int sent;

    private int answered;
    private int missed;

    KeepAlive(ConnectionOptions options, Deadlines deadlines) {
        this.pings = options.keepAlive() == KeepAliveMode.PING;
        this.missedAllowed = options.missedPongsAllowed();
        this.deadlines = deadlines;
    }

    /** The interval is over: a frame should go. */
    void due() {
        wanted = true;
        deadlines.pinging(false);
    }

    boolean wantsFrame() {
        return wanted;
    }

    BufferType frameType() {
        return pings ? BufferType.PING_PONG : BufferType.UNSOLICITED_PONG;
    }

    /** {@return the payload of the next frame, which the handle owns until {@link #frameEnded}; null for none} */
    @Nullable
    ByteBuffer framePayload() {
        wanted = false;
        if (!pings) {
            return null;
        }
        ByteBuffer buffer = payload;
        if (buffer == null) {
            buffer = ByteBuffer.allocate(Long.BYTES);
            payload = buffer;
        }
        sent++;
        return buffer.clear().putLong(0, sent);
    }

    /** The frame left the handle. */
    void frameEnded(boolean written) {
        deadlines.pinging(true);
        if (pings && written) {
            deadlines.pingWritten();
        }
    }

    /** {@return whether that Pong answers one of ours, which makes it none of the application's} */
    boolean answeredBy(ByteBuffer pong) {
        if (pong.remaining() != Long.BYTES || sent == answered) {
            return false;
        }
        long number = pong.getLong(pong.position());
        if (number <= answered || number > sent) {
            return false;
        }
        answered = (int) number;
        missed = 0;
        deadlines.pongArrived();
        return true;
    }

    /** {@return whether that is one too many} No answer in time. */
    boolean pongMissed() {
        missed++;
        deadlines.pongArrived();
        if (missed > missedAllowed) {
            return true;
        }
        due();
        return false;
    }
}

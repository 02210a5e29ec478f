package io.wsprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Status and reason of a Close frame. Immutable.
 *
 * <p>Windows counterpart: the {@code CloseStatus} view of {@code WEB_SOCKET_BUFFER}.
 *
 * @param status a code of {@link CloseStatus}; {@link CloseStatus#NO_STATUS} means an empty body
 * @param reason the text, at most {@value #MAX_REASON_LENGTH} bytes of UTF-8 when sent; null when the body is empty, and never
 *     to be shown to end users (RFC 6455 §5.5.1)
 * @since 0.1.0
 */
public record CloseInfo(int status, @Nullable String reason) {

    /** The most bytes of UTF-8 that a reason may have: a control frame's 125 less the status. */
    public static final int MAX_REASON_LENGTH = 123;

    /** A Close frame without body. */
    public static final CloseInfo EMPTY = new CloseInfo(CloseStatus.NO_STATUS, null);

    /**
     * {@return a close with that status and an empty reason}
     *
     * @param status a code of {@link CloseStatus}
     */
    public static CloseInfo of(int status) {
        return status == CloseStatus.NO_STATUS ? EMPTY : new CloseInfo(status, "");
    }

    /**
     * {@return a close whose reason is cut, if need be, to {@value #MAX_REASON_LENGTH} bytes at the border of a code point}
     * Unpaired surrogates become question marks.
     *
     * @param status a code of {@link CloseStatus}
     * @param reason any text
     */
    public static CloseInfo truncated(int status, String reason) {
        Objects.requireNonNull(reason, "reason");
        byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
        int length = utf8.length;
        if (length > MAX_REASON_LENGTH) {
            length = MAX_REASON_LENGTH;
            while ((utf8[length] & 0xC0) == 0x80) {
                length--;
            }
        }
        return new CloseInfo(status, new String(utf8, 0, length, StandardCharsets.UTF_8));
    }
}

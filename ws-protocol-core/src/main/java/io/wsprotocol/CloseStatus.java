package io.wsprotocol;

import io.wsprotocol.wire.ClosePayload;

/**
 * Status codes of a Close frame (RFC 6455 §7.4, §11.7). The space is open: any {@code int} for which {@link #isSendable} is
 * true may be used. Immutable.
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_CLOSE_STATUS}; the Windows name follows each constant.
 *
 * @since 0.1.0
 */
public final class CloseStatus {

    /** Normal closure (SUCCESS). */
    public static final int NORMAL = 1000;
    /** The endpoint goes away (ENDPOINT_UNAVAILABLE). */
    public static final int GOING_AWAY = 1001;
    /** Protocol error (PROTOCOL_ERROR). */
    public static final int PROTOCOL_ERROR = 1002;
    /** A type of data that the endpoint cannot accept (INVALID_DATA_TYPE). */
    public static final int UNSUPPORTED_DATA = 1003;
    /** Never on the wire: the Close frame had no body (EMPTY). */
    public static final int NO_STATUS = 1005;
    /** Never on the wire: the connection was lost without a Close frame (ABORTED). */
    public static final int ABNORMAL = 1006;
    /** Data that does not fit the message's type, such as invalid UTF-8 (INVALID_PAYLOAD). */
    public static final int INVALID_PAYLOAD = 1007;
    /** The endpoint's policy is violated (POLICY_VIOLATION). */
    public static final int POLICY_VIOLATION = 1008;
    /** The message is too big (MESSAGE_TOO_BIG). */
    public static final int MESSAGE_TOO_BIG = 1009;
    /** Client only: the server lacks extensions that were needed (UNSUPPORTED_EXTENSIONS). */
    public static final int MANDATORY_EXTENSION = 1010;
    /** The endpoint met an unexpected condition (SERVER_ERROR). */
    public static final int INTERNAL_ERROR = 1011;
    /** The service restarts (IANA registry). */
    public static final int SERVICE_RESTART = 1012;
    /** Try again later (IANA registry). */
    public static final int TRY_AGAIN_LATER = 1013;
    /** A gateway got an invalid answer (IANA registry). */
    public static final int BAD_GATEWAY = 1014;
    /** Never on the wire: the TLS handshake failed (SECURE_HANDSHAKE_ERROR). */
    public static final int TLS_HANDSHAKE = 1015;

    private CloseStatus() {}

    /**
     * {@return whether the code may stand in a Close frame that we send}: 1000–1003, 1007–1014, 3000–4999
     *
     * @param status any int
     */
    public static boolean isSendable(int status) {
        return ClosePayload.isSendable(status);
    }

    /**
     * {@return whether the code may stand in a Close frame that we receive}: 1000–1003, 1007–1014, 3000–4999
     *
     * @param status any int
     */
    public static boolean isReceivable(int status) {
        return ClosePayload.isReceivable(status);
    }
}

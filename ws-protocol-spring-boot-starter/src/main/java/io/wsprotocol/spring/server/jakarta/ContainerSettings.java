package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.WebSocketContainer;

/**
 * What an application sets for all its sessions, the way Jakarta WebSocket has it. What it did not set is the starter's. Thread-safe.
 */
final class ContainerSettings {

    /** What Tomcat has when nobody set anything. */
    private static final int TOMCATS_BUFFER = 8 * 1024;

    private static final long TOMCATS_SEND_TIMEOUT = 20_000;

    /** Characters; the engine's own limit, of bytes, holds besides. */
    volatile int maxText;

    /** Bytes; the engine's own limit holds besides. */
    volatile int maxBinary;

    /** Milliseconds; 0 or less for none. */
    volatile long maxIdleTimeout;

    /** Milliseconds; 0 or less for none but the engine's own. */
    volatile long asyncSendTimeout;

    /**
     * Takes over what was set already.
     *
     * @param before the container's own
     */
    ContainerSettings(WebSocketContainer before) {
        maxText = set(before.getDefaultMaxTextMessageBufferSize());
        maxBinary = set(before.getDefaultMaxBinaryMessageBufferSize());
        maxIdleTimeout = before.getDefaultMaxSessionIdleTimeout();
        long timeout = before.getDefaultAsyncSendTimeout();
        asyncSendTimeout = timeout == TOMCATS_SEND_TIMEOUT ? 0 : timeout;
    }

    private static int set(int buffer) {
        return buffer == TOMCATS_BUFFER ? Integer.MAX_VALUE : buffer;
    }
}

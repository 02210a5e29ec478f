package io.wsprotocol;

/**
 * A handle's counters at one moment. Immutable. Payload is counted as it was indicated or sent, without frame headers.
 *
 * @param bytesReceived bytes that {@link ActionType#RECEIVE_FROM_NETWORK} delivered
 * @param bytesSent bytes that {@link ActionType#SEND_TO_NETWORK} wrote
 * @param framesReceived frames parsed, control frames included
 * @param framesSent frames begun, pongs included
 * @param messagesReceived text and binary messages whose end was indicated
 * @param messagesSent text and binary messages whose last frame was handed to the network
 * @param payloadReceived bytes of data payload indicated
 * @param payloadSent bytes of data payload handed to the network
 * @param pingsReceived pings parsed
 * @param pongsSent automatic pongs handed to the network
 * @param pongsDropped pongs given up because newer pings came while the wire was blocked (RFC 6455 §5.5.3)
 * @since 0.1.0
 */
public record HandleStatistics(
        long bytesReceived,
        long bytesSent,
        long framesReceived,
        long framesSent,
        long messagesReceived,
        long messagesSent,
        long payloadReceived,
        long payloadSent,
        long pingsReceived,
        long pongsSent,
        long pongsDropped) {}

package io.wsprotocol;

/** Plain counters that the sides of a handle bump. HOT. Not thread-safe: confine to one thread or guard with one lock. */
final class HandleCounters {

    long bytesReceived;
    long bytesSent;
    long framesReceived;
    long framesSent;
    long messagesReceived;
    long messagesSent;
    long payloadReceived;
    long payloadSent;
    long pingsReceived;
    long pongsSent;
    long pongsDropped;

    HandleStatistics snapshot() {
        return new HandleStatistics(
                bytesReceived,
                bytesSent,
                framesReceived,
                framesSent,
                messagesReceived,
                messagesSent,
                payloadReceived,
                payloadSent,
                pingsReceived,
                pongsSent,
                pongsDropped);
    }
}

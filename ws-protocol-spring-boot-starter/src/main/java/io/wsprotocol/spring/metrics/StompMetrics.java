package io.wsprotocol.spring.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.wsprotocol.spring.metrics.HandleMeters.Tag;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.stomp.StompBrokerRelayMessageHandler;
import org.springframework.web.socket.config.WebSocketMessageBrokerStats;
import org.springframework.web.socket.messaging.StompSubProtocolHandler;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;

/**
 * Registers the meters of STOMP, which read the figures that Spring keeps of {@code @EnableWebSocketMessageBroker}: nothing is counted
 * twice. Thread-safe.
 *
 * @since 0.1.0
 */
public final class StompMetrics {

    private final MeterRegistry registry;
    private final WebSocketMessageBrokerStats stats;

    /**
     * Registers the meters; those of the broker relay only where there is one.
     *
     * @param registry where
     * @param stats whose figures; kept by someone else, as meters refer to it weakly
     */
    public StompMetrics(MeterRegistry registry, WebSocketMessageBrokerStats stats) {
        this.registry = registry;
        this.stats = stats;
        sessions();
        frames();
        if (stats.getStompBrokerRelayStats() != null) {
            relay();
        }
    }

    private void sessions() {
        gauge(HandleMeters.STOMP_SESSIONS, transport("websocket"), session(s -> s.getWebSocketSessions()));
        gauge(HandleMeters.STOMP_SESSIONS, transport("http_streaming"), session(s -> s.getHttpStreamingSessions()));
        gauge(HandleMeters.STOMP_SESSIONS, transport("http_polling"), session(s -> s.getHttpPollingSessions()));
        counter(HandleMeters.STOMP_SESSIONS_OPENED, Tags.empty(), session(s -> s.getTotalSessions()));
        counter(
                HandleMeters.STOMP_SESSIONS_FAILED,
                reason("limit_exceeded"),
                session(s -> s.getLimitExceededSessions()));
        counter(
                HandleMeters.STOMP_SESSIONS_FAILED,
                reason("no_messages_received"),
                session(s -> s.getNoMessagesReceivedSessions()));
        counter(
                HandleMeters.STOMP_SESSIONS_FAILED,
                reason("transport_error"),
                session(s -> s.getTransportErrorSessions()));
    }

    private void frames() {
        counter(HandleMeters.STOMP_FRAMES, frame("connect"), frames(s -> s.getTotalConnect()));
        counter(HandleMeters.STOMP_FRAMES, frame("connected"), frames(s -> s.getTotalConnected()));
        counter(HandleMeters.STOMP_FRAMES, frame("disconnect"), frames(s -> s.getTotalDisconnect()));
    }

    private void relay() {
        gauge(HandleMeters.STOMP_RELAY_CONNECTIONS, Tags.empty(), relay(s -> s.getTotalHandlers()));
        counter(HandleMeters.STOMP_RELAY_FRAMES, frame("connect"), relay(s -> s.getTotalConnect()));
        counter(HandleMeters.STOMP_RELAY_FRAMES, frame("connected"), relay(s -> s.getTotalConnected()));
        counter(HandleMeters.STOMP_RELAY_FRAMES, frame("disconnect"), relay(s -> s.getTotalDisconnect()));
    }

    private static Tags transport(String value) {
        return Tags.of(Tag.TRANSPORT.asString(), value);
    }

    private static Tags reason(String value) {
        return Tags.of(Tag.REASON.asString(), value);
    }

    private static Tags frame(String value) {
        return Tags.of(Tag.FRAME.asString(), value);
    }

    private static ToDoubleFunction<WebSocketMessageBrokerStats> session(
            ToDoubleFunction<SubProtocolWebSocketHandler.Stats> figure) {
        return stats -> read(stats.getWebSocketSessionStats(), figure);
    }

    private static ToDoubleFunction<WebSocketMessageBrokerStats> frames(
            ToDoubleFunction<StompSubProtocolHandler.Stats> figure) {
        return stats -> read(stats.getStompSubProtocolStats(), figure);
    }

    private static ToDoubleFunction<WebSocketMessageBrokerStats> relay(
            ToDoubleFunction<StompBrokerRelayMessageHandler.Stats> figure) {
        return stats -> read(stats.getStompBrokerRelayStats(), figure);
    }

    /** Until the application has started there are no figures. */
    private static <S> double read(@Nullable S stats, ToDoubleFunction<S> figure) {
        return stats == null ? 0 : figure.applyAsDouble(stats);
    }

    private void counter(HandleMeters meter, Tags tags, ToDoubleFunction<WebSocketMessageBrokerStats> figure) {
        FunctionCounter.builder(meter.getName(), stats, figure)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }

    private void gauge(HandleMeters meter, Tags tags, ToDoubleFunction<WebSocketMessageBrokerStats> figure) {
        Gauge.builder(meter.getName(), stats, figure)
                .tags(tags)
                .baseUnit(meter.getBaseUnit())
                .register(registry);
    }
}

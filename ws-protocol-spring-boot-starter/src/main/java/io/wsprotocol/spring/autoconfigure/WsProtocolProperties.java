package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.CloseStatus;
import io.wsprotocol.GlobalProperties;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.spring.EndpointMode;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.ServerTransport;
import io.wsprotocol.spring.server.EndpointInstaller;
import io.wsprotocol.spring.server.GracefulDrain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What {@code application.yml} says under {@code ws-protocol}. Immutable. A value that is out of range or contradicts another stops
 * the start of the application, and so does a name that is none of these: a limit with a slip in it would not limit anything.
 *
 * @param enabled Whether the starter does anything.
 * @param receiveBufferSize Size of a handle's receive buffer (RECEIVE_BUFFER_SIZE), from 256B to 16MB. Beyond 4KB it is borrowed
 *     from the pool only behind a peer that fills what it has: the buffer doubles each time.
 * @param sendBufferSize Size of a handle's send buffer (SEND_BUFFER_SIZE), from 16B to 16MB. Unless set, 4KB for a client and 16B
 *     for a server. Connections gather small messages in it and use at least 16KB.
 * @param disableMasking Whether a client masks with zeros and a server accepts unmasked frames (DISABLE_MASKING). Weakens the
 *     protocol, for tests only.
 * @param disableUtf8Verification Whether received text goes unverified (DISABLE_UTF8_VERIFICATION). Weakens the protocol.
 * @param allocatedBuffer Whether each handle gets memory of its own when it is made (ALLOCATED_BUFFER), instead of borrowing from a
 *     pool while bytes are on their way. More memory for idle connections, none allocated or shared later.
 * @param keepaliveInterval Silence after which a driver should send something (KEEPALIVE_INTERVAL), 30s unless set. Raised to 15s
 *     when smaller.
 * @param supportedVersions Protocol versions spoken (SUPPORTED_VERSIONS). Only 13 exists.
 * @param spring The WebSocket endpoints of Spring.
 * @param server The server side.
 * @param limits What a peer may make us hold or do.
 * @param send The queue of outgoing messages of a connection.
 * @param keepalive How dead peers are found.
 * @param idleTimeout Time without a byte in either direction after which a connection is closed, or 'off'.
 * @param close The end of a connection.
 * @param shutdown What becomes of open connections when the application stops.
 * @param events What the actuator endpoint remembers.
 * @param compression Compression of messages (permessage-deflate).
 * @param profiles Deviations from all that, by name, for the endpoints that server.path-settings gives them to.
 * @param client Clients, by name.
 * @param broadcast Broadcasts that reach other instances.
 * @param metrics The meters.
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "ws-protocol", ignoreUnknownFields = false)
public record WsProtocolProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("16KB") DataSize receiveBufferSize,
        @Nullable DataSize sendBufferSize,
        @DefaultValue("false") boolean disableMasking,
        @DefaultValue("false") boolean disableUtf8Verification,
        @DefaultValue("false") boolean allocatedBuffer,
        @Nullable Duration keepaliveInterval,
        @DefaultValue("13") List<Integer> supportedVersions,
        @DefaultValue Spring spring,
        @DefaultValue Server server,
        @DefaultValue Limits limits,
        @DefaultValue Send send,
        @DefaultValue Keepalive keepalive,
        @DefaultValue("60s") TimeLimit idleTimeout,
        @DefaultValue Close close,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Events events,
        @NestedConfigurationProperty @DefaultValue CompressionProperties compression,
        @DefaultValue Map<String, ProfileProperties> profiles,
        @DefaultValue Map<String, ClientProperties> client,
        @NestedConfigurationProperty @DefaultValue BroadcastProperties broadcast,
        @DefaultValue Metrics metrics) {

    private static final long MAX_BUFFER_BYTES = 16L << 20;

    /** Checks what stands directly under {@code ws-protocol}. */
    public WsProtocolProperties {
        PropertyRange.size(
                "ws-protocol.receive-buffer-size",
                receiveBufferSize.toBytes(),
                HandleOptions.MIN_RECEIVE_BUFFER_SIZE,
                MAX_BUFFER_BYTES,
                "4KB");
        if (sendBufferSize != null) {
            PropertyRange.size(
                    "ws-protocol.send-buffer-size",
                    sendBufferSize.toBytes(),
                    HandleOptions.MIN_SEND_BUFFER_SIZE,
                    MAX_BUFFER_BYTES,
                    "4KB");
        }
        if (keepaliveInterval != null) {
            PropertyRange.time("ws-protocol.keepalive-interval", keepaliveInterval, "30s");
        }
        PropertyRange.time("ws-protocol.idle-timeout", idleTimeout, "60s");
        if (!supportedVersions.equals(List.of(GlobalProperties.VERSION))) {
            throw new InvalidPropertyValueException(
                    "ws-protocol.supported-versions",
                    supportedVersions,
                    "13 alone: RFC 6455 defines no other version and the drafts before it are not spoken",
                    "13");
        }
        supportedVersions = List.copyOf(supportedVersions);
        profiles = Map.copyOf(profiles);
        client = Map.copyOf(client);
    }

    /** {@return the global properties of the Windows API as configured here} */
    GlobalProperties globalProperties() {
        return keepaliveInterval == null
                ? GlobalProperties.defaults()
                : GlobalProperties.withKeepAliveInterval(keepaliveInterval);
    }

    /**
     * The WebSocket endpoints of Spring.
     *
     * @param mode Which endpoints run on the engine.
     * @param required Whether the application refuses to start when an endpoint cannot be moved onto the engine.
     * @param excludePaths Path patterns of endpoints that stay with the container.
     * @param serverEndpoints Whether endpoints of Jakarta WebSocket, such as classes with @ServerEndpoint, run on the engine, too.
     * @since 0.1.0
     */
    public record Spring(
            @DefaultValue("auto") EndpointMode mode,
            @DefaultValue("false") boolean required,
            @DefaultValue List<String> excludePaths,
            @DefaultValue("true") boolean serverEndpoints) {

        /** Copies the list. */
        public Spring {
            excludePaths = List.copyOf(excludePaths);
            for (String path : excludePaths) {
                if (!path.startsWith("/")) {
                    throw new InvalidPropertyValueException(
                            "ws-protocol.spring.exclude-paths", path, "path patterns that begin with '/'", "/" + path);
                }
            }
        }

        /** {@return what they say about which endpoints are moved} */
        EndpointInstaller.Policy policy() {
            return new EndpointInstaller.Policy(mode == EndpointMode.AUTO, required, excludePaths);
        }
    }

    /**
     * The server side.
     *
     * @param transport How bytes travel between the container and the engine.
     * @param closeWithHttpSession Whether a logged-in user's sessions close with 1008 when the HTTP session of their handshake ends.
     * @param pathSettings Which endpoints have which profile; the first path that fits counts.
     * @since 0.1.0
     */
    public record Server(
            @DefaultValue("auto") ServerTransport transport,
            @DefaultValue("true") boolean closeWithHttpSession,
            @DefaultValue List<PathSetting> pathSettings) {

        /** Copies the list. */
        public Server {
            pathSettings = List.copyOf(pathSettings);
        }
    }

    /**
     * The profile of some endpoints.
     *
     * @param path Path that an endpoint is mapped to, or a pattern.
     * @param profile Name of the profile.
     * @since 0.1.0
     */
    public record PathSetting(String path, String profile) {

        /** Checks that both are there. */
        public PathSetting {
            if (path == null || !path.startsWith("/")) {
                throw new InvalidPropertyValueException(
                        "ws-protocol.server.path-settings.path",
                        String.valueOf(path),
                        "path patterns that begin with '/'",
                        "/" + path);
            }
            if (profile == null) {
                throw new InvalidPropertyValueException(
                        "ws-protocol.server.path-settings.profile", "", "the name of a profile", "chat");
            }
        }
    }

    /**
     * What a peer may make us hold or do.
     *
     * @param maxMessageSize Longest message accepted, at least 125B, or 'unlimited'. A longer one closes with 1009.
     * @param maxFragments Most frames accepted in one message, or 'unlimited'. More close with 1008.
     * @param maxEmptyFragments Most empty frames accepted in a row inside a message, or 'unlimited'. More close with 1008.
     * @param messageTimeout Longest time from the first frame of a message to its last, or 'off'. A slower one closes with 1008.
     * @param controlFrameRate Pings and pongs accepted per second in the long run, or 'unlimited'. More close with 1008.
     * @param controlFrameBurst Pings and pongs accepted at once.
     * @param maxSessions Most sessions of the server at one time, or 'unlimited'. More get 503.
     * @param maxSessionsPerAddress Most sessions of one remote address, or 'unlimited'. More get 429. Behind a proxy all clients may have
     *     one address.
     * @param handshakeRate Handshakes per second accepted from one remote address, or 'unlimited'. More get 429.
     * @param maxSessionAge Longest life of a session, however busy it is, or 'off'. An older one closes with 1008.
     * @since 0.1.0
     */
    public record Limits(
            @DefaultValue("1MB") SizeLimit maxMessageSize,
            @DefaultValue("1024") CountLimit maxFragments,
            @DefaultValue("16") CountLimit maxEmptyFragments,
            @DefaultValue("30s") TimeLimit messageTimeout,
            @DefaultValue("20") CountLimit controlFrameRate,
            @DefaultValue("100") int controlFrameBurst,
            @DefaultValue("10000") CountLimit maxSessions,
            @DefaultValue("unlimited") CountLimit maxSessionsPerAddress,
            @DefaultValue("unlimited") CountLimit handshakeRate,
            @DefaultValue("off") TimeLimit maxSessionAge) {

        /** Checks each value. */
        public Limits {
            PropertyRange.size("ws-protocol.limits.max-message-size", maxMessageSize, 125, "1MB");
            PropertyRange.count("ws-protocol.limits.max-fragments", maxFragments, 1, "1024");
            PropertyRange.count("ws-protocol.limits.max-empty-fragments", maxEmptyFragments, 1, "16");
            PropertyRange.time("ws-protocol.limits.message-timeout", messageTimeout, "30s");
            PropertyRange.count("ws-protocol.limits.control-frame-rate", controlFrameRate, 1, "20");
            PropertyRange.number("ws-protocol.limits.control-frame-burst", controlFrameBurst, 1, "100");
            PropertyRange.count("ws-protocol.limits.max-sessions", maxSessions, 1, "10000");
            PropertyRange.count("ws-protocol.limits.max-sessions-per-address", maxSessionsPerAddress, 1, "256");
            PropertyRange.count("ws-protocol.limits.handshake-rate", handshakeRate, 1, "20");
            PropertyRange.time("ws-protocol.limits.max-session-age", maxSessionAge, "8h");
        }
    }

    /**
     * The queue of outgoing messages of a connection.
     *
     * @param queueBytes Most payload bytes queued, or 'unlimited'.
     * @param queueMessages Most messages queued, or 'unlimited'.
     * @param overflow What happens to a send that finds the queue full.
     * @param highWater Queued bytes from which senders wait. Unless set, half of queue-bytes, at most 256KB.
     * @param lowWater Queued bytes at which they go on. Unless set, a quarter of high-water.
     * @param timeout How long a send may wait for room, and the transport for a peer that takes no byte, until the connection is
     *     given up.
     * @since 0.1.0
     */
    public record Send(
            @DefaultValue("512KB") SizeLimit queueBytes,
            @DefaultValue("1024") CountLimit queueMessages,
            @DefaultValue("block") SendOverflow overflow,
            @Nullable DataSize highWater,
            @Nullable DataSize lowWater,
            @DefaultValue("10s") Duration timeout) {

        private static final long DEFAULT_HIGH_WATER_BYTES = 256 << 10;

        /** Checks each value and that the water marks lie one above the other. */
        public Send {
            PropertyRange.size("ws-protocol.send.queue-bytes", queueBytes, 1, "512KB");
            PropertyRange.count("ws-protocol.send.queue-messages", queueMessages, 1, "1024");
            long highest = queueBytes.bytes();
            long high = highWater == null ? Math.min(DEFAULT_HIGH_WATER_BYTES, highest / 2) : highWater.toBytes();
            PropertyRange.upTo("ws-protocol.send.high-water", high, highest, "send.queue-bytes");
            if (lowWater != null) {
                PropertyRange.upTo("ws-protocol.send.low-water", lowWater.toBytes(), high, "send.high-water");
            }
            PropertyRange.time("ws-protocol.send.timeout", timeout, "10s");
        }

        /** {@return the queued bytes from which senders wait} */
        public long highWaterBytes() {
            return highWater == null ? Math.min(DEFAULT_HIGH_WATER_BYTES, queueBytes.bytes() / 2) : highWater.toBytes();
        }

        /** {@return the queued bytes at which senders go on} */
        public long lowWaterBytes() {
            return lowWater == null ? highWaterBytes() / 4 : lowWater.toBytes();
        }
    }

    /**
     * How dead peers are found.
     *
     * @param mode What is sent to a silent peer.
     * @param interval Silence after which it is sent. Unless set, ws-protocol.keepalive-interval; if that is not set either, 25s.
     * @param timeout How long a pong may take.
     * @param missed How many pongs in a row may be missing.
     * @since 0.1.0
     */
    public record Keepalive(
            @DefaultValue("ping") KeepAliveMode mode,
            @Nullable Duration interval,
            @DefaultValue("20s") Duration timeout,
            @DefaultValue("0") int missed) {

        /** Checks each value. */
        public Keepalive {
            if (interval != null) {
                PropertyRange.time("ws-protocol.keepalive.interval", interval, "30s");
            }
            PropertyRange.time("ws-protocol.keepalive.timeout", timeout, "20s");
            PropertyRange.number("ws-protocol.keepalive.missed", missed, 0, "0");
        }
    }

    /**
     * The end of a connection.
     *
     * @param timeout How long the peer may take to answer a Close until the transport is dropped.
     * @param failureTimeout The same after the peer broke a rule.
     * @since 0.1.0
     */
    public record Close(
            @DefaultValue("5s") Duration timeout,
            @DefaultValue("1s") Duration failureTimeout) {

        /** Checks each value. */
        public Close {
            PropertyRange.time("ws-protocol.close.timeout", timeout, "5s");
            PropertyRange.time("ws-protocol.close.failure-timeout", failureTimeout, "1s");
        }
    }

    /**
     * What becomes of open connections when the application stops.
     *
     * @param enabled Whether they are closed before the web server stops. If not, peers see the end of the stream.
     * @param timeout How long peers may take to answer the Close until they are dropped.
     * @param spread Time over which the Closes are sent, so that clients do not all come back at once.
     * @param code The close code: 1001 says going away, 1012 asks to come back.
     * @since 0.1.0
     */
    public record Shutdown(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("10s") Duration timeout,
            @DefaultValue("0s") Duration spread,
            @DefaultValue("1001") int code) {

        /** Checks each value. */
        public Shutdown {
            PropertyRange.time("ws-protocol.shutdown.timeout", timeout, "10s");
            if (spread.isNegative()) {
                throw new InvalidPropertyValueException("ws-protocol.shutdown.spread", spread, "at least 0s", "5s");
            }
            if (!CloseStatus.isSendable(code)) {
                throw new InvalidPropertyValueException(
                        "ws-protocol.shutdown.code", code, "a close code that may be sent (RFC 6455 §7.4)", "1001");
            }
        }

        /** {@return how connections are drained} */
        GracefulDrain.Settings settings() {
            return new GracefulDrain.Settings(enabled, timeout, spread, code);
        }

        /** {@return when a refused client may come again} */
        Duration retryAfter() {
            return timeout.plus(spread);
        }
    }

    /**
     * What the actuator endpoint remembers.
     *
     * @param bufferSize How many remarkable events.
     * @since 0.1.0
     */
    public record Events(@DefaultValue("100") int bufferSize) {

        /** Checks the number. */
        public Events {
            PropertyRange.number("ws-protocol.events.buffer-size", bufferSize, 0, "100");
        }
    }

    /**
     * The meters.
     *
     * @param enabled Whether meters are registered when Micrometer is there.
     * @param sampleRate One of how many actions of each type, and messages, is timed; all are counted. 1 times each action, and the
     *     messages of a connection one at a time.
     * @param receiveWait Whether the silence of peers is timed, too.
     * @param messageSize Whether the sizes of messages are counted in buckets, too.
     * @since 0.1.0
     */
    public record Metrics(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("16") int sampleRate,
            @DefaultValue("false") boolean receiveWait,
            @DefaultValue("false") boolean messageSize) {

        /** Checks the rate. */
        public Metrics {
            PropertyRange.number("ws-protocol.metrics.sample-rate", sampleRate, 1, "16");
        }
    }
}

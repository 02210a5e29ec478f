package io.wsprotocol.spring.reactive.netty;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/**
 * Has Reactor Netty say that it takes extended CONNECTs (RFC 8441 §3) where it speaks HTTP/2, unless somebody decided on that before. Must be
 * the last one that changes the settings of HTTP/2: Reactor Netty replaces them as a whole. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ExtendedConnectCustomizer implements NettyServerCustomizer {

    /** Makes one. */
    public ExtendedConnectCustomizer() {}

    @Override
    public HttpServer apply(HttpServer server) {
        Http2SettingsSpec before = server.configuration().http2SettingsSpec();
        boolean http2 = Arrays.stream(server.configuration().protocols())
                .anyMatch(protocol -> protocol == HttpProtocol.H2 || protocol == HttpProtocol.H2C);
        if (!http2 || (before != null && before.connectProtocolEnabled() != null)) {
            return server;
        }
        return server.http2Settings(settings -> {
            if (before != null) {
                copy(before, settings);
            }
            settings.connectProtocolEnabled(true);
        });
    }

    private static void copy(Http2SettingsSpec from, Http2SettingsSpec.Builder to) {
        copy(from.headerTableSize(), to::headerTableSize);
        copy(from.initialWindowSize(), to::initialWindowSize);
        copy(from.maxConcurrentStreams(), to::maxConcurrentStreams);
        copy(from.maxFrameSize(), to::maxFrameSize);
        copy(from.maxHeaderListSize(), to::maxHeaderListSize);
        copy(from.maxStreams(), to::maxStreams);
        copy(from.pingAckDropThreshold(), to::pingAckDropThreshold);
        copy(from.pingAckTimeout(), to::pingAckTimeout);
        copy(
                from.maxDecodedRstFramesPerWindow(),
                from.maxDecodedRstFramesSecondsPerWindow(),
                to::maxDecodedRstFramesPerWindow);
        copy(
                from.maxEncodedRstFramesPerWindow(),
                from.maxEncodedRstFramesSecondsPerWindow(),
                to::maxEncodedRstFramesPerWindow);
    }

    private static <T> void copy(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private static void copy(@Nullable Integer first, @Nullable Integer second, BiConsumer<Integer, Integer> setter) {
        if (first != null && second != null) {
            setter.accept(first, second);
        }
    }
}

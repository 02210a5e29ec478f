package io.wsprotocol.spring.reactive.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** Tests of {@link ExtendedConnectCustomizer}. */
class ExtendedConnectCustomizerTests {

    private final ExtendedConnectCustomizer customizer = new ExtendedConnectCustomizer();

    private static Http2SettingsSpec settingsOf(HttpServer server) {
        return server.configuration().http2SettingsSpec();
    }

    private static Http2SettingsSpec.Builder everything(Http2SettingsSpec.Builder settings) {
        return settings.headerTableSize(1)
                .initialWindowSize(70_000)
                .maxConcurrentStreams(3)
                .maxFrameSize(20_000)
                .maxHeaderListSize(5)
                .maxStreams(6)
                .pingAckTimeout(Duration.ofSeconds(7))
                .pingAckDropThreshold(8)
                .maxDecodedRstFramesPerWindow(9, 10)
                .maxEncodedRstFramesPerWindow(11, 12);
    }

    @Test
    void whoSpeaksHttp2TakesExtendedConnects() {
        for (HttpProtocol protocol : new HttpProtocol[] {HttpProtocol.H2, HttpProtocol.H2C}) {
            HttpServer server = customizer.apply(HttpServer.create().protocol(HttpProtocol.HTTP11, protocol));
            assertThat(settingsOf(server).connectProtocolEnabled()).isTrue();
        }
    }

    @Test
    void whoDoesNotStaysAsItIs() {
        HttpServer server = HttpServer.create();
        assertThat(customizer.apply(server)).isSameAs(server);
    }

    @Test
    void whatTheApplicationDecidedStays() {
        HttpServer server = HttpServer.create()
                .protocol(HttpProtocol.H2C)
                .http2Settings(settings -> settings.connectProtocolEnabled(false));
        assertThat(customizer.apply(server)).isSameAs(server);
    }

    @Test
    void allOtherSettingsAreKept() {
        HttpServer server = HttpServer.create()
                .protocol(HttpProtocol.H2C)
                .http2Settings(ExtendedConnectCustomizerTests::everything);
        HttpServer expected = HttpServer.create()
                .http2Settings(settings -> everything(settings).connectProtocolEnabled(true));
        assertThat(settingsOf(customizer.apply(server))).isEqualTo(settingsOf(expected));
    }
}

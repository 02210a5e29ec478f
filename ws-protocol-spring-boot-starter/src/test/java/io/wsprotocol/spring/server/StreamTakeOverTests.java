package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.TunnelSupport;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/**
 * Streams of Jetty's that end while they are taken over. Jetty looks whether a stream still lives, and only then lets its endpoint hear of
 * the stream's end; what ends it between the two is told to the request, which is done.
 */
class StreamTakeOverTests {

    private static EndpointServer server;

    @BeforeAll
    static void start() {
        server = EndpointServer.start(
                List.of(EndsBetween.class), EndpointServer.on("jetty native", "server.http2.enabled=true"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aStreamThatIsResetMeanwhileIsAnEndWithoutAClose() throws Exception {
        try (Http2Client http = new Http2Client(server.port(), false)) {
            Http2Client.Exchange exchange = http.connect("/echo?reset", Http2Client.fields(), "websocket");
            assertThat(exchange.response().getStatus()).isEqualTo(200);
            exchange.cancel();
            assertThat(server.recorder().next("reset")).isEqualTo("established");
            assertThat(server.recorder().next("reset")).isEqualTo("error");
            assertThat(server.recorder().next("reset")).isEqualTo("closed 1006");
        }
    }

    @Test
    void aStreamWhoseConnectionGoesMeanwhileIsAnEndWithoutAClose() throws Exception {
        try (Http2Client http = new Http2Client(server.port(), false)) {
            http.connect("/echo?gone", Http2Client.fields(), "websocket").response();
        }
        assertThat(server.recorder().next("gone")).isEqualTo("established");
        assertThat(server.recorder().next("gone")).isEqualTo("error");
        assertThat(server.recorder().next("gone")).isEqualTo("closed 1006");
    }

    /** Does what Jetty does with an accepted tunnel, but waits for the stream's end between its two steps. */
    static class EndsBetween {

        @Bean
        WebServerFactoryCustomizer<JettyServletWebServerFactory> takesTunnelsOverLate() {
            return factory -> factory.addServerCustomizers(jetty -> jetty.insertHandler(new Handler.Wrapper() {
                @Override
                public boolean handle(Request request, Response response, Callback callback) throws Exception {
                    TunnelSupport tunnel = request.getTunnelSupport();
                    return super.handle(
                            request,
                            response,
                            tunnel == null
                                    ? callback
                                    : Callback.from(() -> takeOverLate(request, tunnel.getEndPoint()), callback));
                }
            }));
        }

        private static void takeOverLate(Request request, EndPoint endPoint) {
            Connection connection = (Connection) request.removeAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE);
            Stream stream = (Stream) endPoint.getTransport();
            await().until(stream::isClosed);
            endPoint.upgrade(connection);
        }
    }
}

package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.SendOverflow;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** Tests of {@link SessionFactory}; what it makes is tried on real servers. */
class SessionFactoryTests {

    private final AtomicInteger openHandles = new AtomicInteger(1);
    private final AtomicInteger openConnections = new AtomicInteger();

    @Test
    void aSessionWhoseConnectionCannotStartIsNotCounted() {
        DeadlineScheduler scheduler = new DeadlineScheduler();
        scheduler.close();
        ConnectionCaps caps = new ConnectionCaps(new ConnectionCaps.Settings(1, 1, Integer.MAX_VALUE), () -> 0);
        SessionSettings settings =
                new SessionSettings(ConnectionOptions.defaults(), SendOverflow.BLOCK, Duration.ofSeconds(1));
        SessionFactory factory = new SessionFactory(
                new ShellFactory((role, transport) -> observer(), scheduler, caps), new ConnectionRegistry(), null);
        SessionFactory.Pending pending = factory.pending(
                new ServerHandshakes.Answer.Accepted(101, handle(), settings, null, List.of()),
                session(settings),
                new AbstractWebSocketHandler() {},
                new SessionFactory.Login("192.0.2.1", null));

        assertThatIllegalStateException()
                .isThrownBy(() -> pending.start(new ScriptedTransport(Integer.MAX_VALUE, Runnable::run)));

        assertThat(caps.sessions()).isZero();
        assertThat(caps.check("192.0.2.1")).isNull();
        assertThat(openHandles).hasValue(0);
        assertThat(openConnections).hasValue(0);
    }

    private ServerHandle handle() {
        ServerHandle handle = WebSocketHandle.createServer(HandleOptions.builder()
                .observer(new HandleObserver() {
                    @Override
                    public void handleClosed() {
                        openHandles.decrementAndGet();
                    }
                })
                .build());
        handle.assumeHandshakeDone();
        return handle;
    }

    private ConnectionObserver observer() {
        openConnections.incrementAndGet();
        return new ConnectionObserver() {
            @Override
            public void closed(CloseEvent event) {
                openConnections.decrementAndGet();
            }
        };
    }

    private static WsProtocolWebSocketSession session(SessionSettings settings) {
        WsProtocolWebSocketSession.Request request = new WsProtocolWebSocketSession.Request(
                URI.create("/any"), new HttpHeaders(), null, null, null, null, List.of());
        return new WsProtocolWebSocketSession(request, Map.of(), settings);
    }
}

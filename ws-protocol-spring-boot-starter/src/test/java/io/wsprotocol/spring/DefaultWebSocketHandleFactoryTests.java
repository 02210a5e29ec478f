package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketProtocolException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Tests of {@link DefaultWebSocketHandleFactory}. */
class DefaultWebSocketHandleFactoryTests {

    private final List<String> heard = new ArrayList<>();

    @Test
    void theCallersObserverHearsBesideThoseOfTheContext() {
        HandleObserverFactory ofContext = (role, connection) -> new Recording("context");
        DefaultWebSocketHandleFactory factory =
                new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(ofContext), false);
        HandleOptions options =
                HandleOptions.builder().observer(new Recording("caller")).build();

        HandleExchange exchange = new HandleExchange(factory.createClientHandle(), factory.createServerHandle(options));
        exchange.sendText("hi");
        heard.clear();
        exchange.receive();
        exchange.close();

        assertThat(heard)
                .startsWith(
                        "caller queued RECEIVE 1",
                        "context queued RECEIVE 1",
                        "caller issued RECEIVE_FROM_NETWORK",
                        "context issued RECEIVE_FROM_NETWORK",
                        "caller completed RECEIVE_FROM_NETWORK",
                        "context completed RECEIVE_FROM_NETWORK")
                .contains("caller finished RECEIVE 0", "context finished RECEIVE 0", "caller closed", "context closed");
    }

    @Test
    void everyObserverHearsAViolation() {
        HandleObserverFactory ofContext = (role, connection) -> new Recording("context");
        DefaultWebSocketHandleFactory factory =
                new DefaultWebSocketHandleFactory(HandleOptions.defaults(), List.of(ofContext, ofContext), false);
        HandleExchange exchange = new HandleExchange(factory);
        exchange.toServer().put(new byte[] {(byte) 0x83, (byte) 0x80, 0, 0, 0, 0});

        Assertions.assertThatExceptionOfType(WebSocketProtocolException.class).isThrownBy(exchange::receive);

        assertThat(heard.stream().filter("context violation RESERVED_OPCODE"::equals))
                .hasSize(2);
    }

    @Test
    void withMemoryOfItsOwnAHandleHasRoomForBothBuffersAndLendsNothing() {
        HandleOptions options = HandleOptions.builder()
                .receiveBufferSize(512)
                .sendBufferSize(64)
                .bufferSource(new PooledBufferSource(0))
                .build();
        DefaultWebSocketHandleFactory factory = new DefaultWebSocketHandleFactory(options, List.of(), true);

        HandleExchange exchange = new HandleExchange(factory);
        exchange.sendText("x".repeat(300));
        exchange.receive();

        assertThat(((PooledBufferSource) options.bufferSource()).allocations()).isZero();
        assertThat(exchange.server().statistics().messagesReceived()).isOne();
    }

    private final class Recording implements HandleObserver {

        private final String name;

        private Recording(String name) {
            this.name = name;
        }

        @Override
        public void operationQueued(ActionQueue queue, int depth) {
            heard.add(name + " queued " + queue + " " + depth);
        }

        @Override
        public void actionIssued(Action action) {
            heard.add(name + " issued " + action.type());
        }

        @Override
        public void actionCompleted(Action action, long bytesTransferred) {
            heard.add(name + " completed " + action.type());
        }

        @Override
        public void operationFinished(ActionQueue queue, int depth) {
            heard.add(name + " finished " + queue + " " + depth);
        }

        @Override
        public void violation(Violation violation) {
            heard.add(name + " violation " + violation);
        }

        @Override
        public void handleClosed() {
            heard.add(name + " closed");
        }
    }
}

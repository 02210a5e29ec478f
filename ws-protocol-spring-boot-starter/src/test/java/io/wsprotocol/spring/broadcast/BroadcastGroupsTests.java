package io.wsprotocol.spring.broadcast;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.spring.server.Broadcast;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.WebSocketSession;

/** Tests of {@link BroadcastGroups}, over a bus that the test holds in its hands. */
class BroadcastGroupsTests {

    private final Bus bus = new Bus();
    private final BroadcastGroups groups = new BroadcastGroups(new WebSocketBroadcaster(), bus);
    private final Set<WebSocketSession> nobody = ConcurrentHashMap.newKeySet();

    @Test
    void whatIsSentGoesToTheBusOnceAsItIs() {
        BroadcastGroup prices = groups.open("prices", nobody);
        ByteBuffer binary = ByteBuffer.wrap(new byte[] {1, 2, 3});

        Broadcast sent = prices.send("12 €");
        prices.send(binary);
        binary.put(0, (byte) 9);

        assertThat(prices.name()).isEqualTo("prices");
        assertThat(sent.recipients()).isZero();
        assertThat(bus.published)
                .containsExactly(
                        new BusMessage("prices", MessageType.TEXT, ByteBuffer.wrap("12 €".getBytes(UTF_8))),
                        new BusMessage("prices", MessageType.BINARY, ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }

    @Test
    void whatIsNoTextGoesNowhere() {
        BroadcastGroup prices = groups.open("prices", nobody);
        assertThatIllegalArgumentException().isThrownBy(() -> prices.send("\ud800"));
        assertThat(bus.published).isEmpty();
    }

    @Test
    void whatOtherInstancesSentIsNotPublishedAgain() {
        groups.open("prices", nobody);
        bus.receiver.accept(new BusMessage("prices", MessageType.TEXT, ByteBuffer.wrap(new byte[] {'a'})));
        bus.receiver.accept(new BusMessage("unknown here", MessageType.BINARY, ByteBuffer.wrap(new byte[] {'a'})));
        assertThat(bus.published).isEmpty();
    }

    @Test
    void aGroupIsOpenedOnce() {
        groups.open("prices", nobody);
        assertThatIllegalStateException()
                .isThrownBy(() -> groups.open("prices", nobody))
                .withMessageContaining("prices");
    }

    @Test
    void aNameHasAtMost255Characters() {
        assertThat(groups.open("n".repeat(255), nobody).name()).hasSize(255);
        assertThatIllegalArgumentException().isThrownBy(() -> groups.open("n".repeat(256), nobody));
    }

    @Test
    void aMessageShowsNoContent() {
        BusMessage message = new BusMessage("prices", MessageType.TEXT, ByteBuffer.wrap("secret".getBytes(UTF_8)));
        assertThat(message).hasToString("BusMessage[TEXT, 6 bytes for prices]");
        assertThat(message.payload().isReadOnly()).isTrue();
    }

    /** Keeps what is published. Not thread-safe. */
    private static final class Bus implements BroadcastBus {

        final List<BusMessage> published = new ArrayList<>();
        Consumer<BusMessage> receiver = message -> {};

        @Override
        public void publish(BusMessage message) {
            published.add(message);
        }

        @Override
        public void receive(Consumer<BusMessage> listener) {
            receiver = listener;
        }
    }
}

package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.Violation;
import io.wsprotocol.driver.CloseEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests of {@link ConnectionObserverFactory#all}. */
class ConnectionObserverFactoryTests {

    private final List<String> heard = new ArrayList<>();

    @Test
    void noFactoryHearsNothing() {
        assertThat(ConnectionObserverFactory.all(List.of())).isSameAs(ConnectionObserverFactory.NONE);
        assertThat(ConnectionObserverFactory.NONE.connectionOpened(HandleRole.SERVER, "test"))
                .isSameAs(ConnectionObserver.NONE);
    }

    @Test
    void oneFactorySpeaksForItself() {
        ConnectionObserverFactory one = new Recording("a");
        assertThat(ConnectionObserverFactory.all(List.of(one))).isSameAs(one);
    }

    @Test
    void severalAreToldEverythingInOrder() {
        ConnectionObserverFactory all = ConnectionObserverFactory.all(List.of(new Recording("a"), new Recording("b")));
        all.handshakeRefused(HandleRole.SERVER, Violation.KEY_INVALID);
        ConnectionObserver observer = all.connectionOpened(HandleRole.CLIENT, "test");
        observer.queueChanged(1, 2);
        observer.sendOverflowed();
        observer.closed(new CloseEvent(1000, null, true, CloseEvent.Initiator.LOCAL, null));
        assertThat(heard)
                .containsExactly(
                        "a refused KEY_INVALID",
                        "b refused KEY_INVALID",
                        "a opened CLIENT",
                        "b opened CLIENT",
                        "a queue 1 2",
                        "b queue 1 2",
                        "a overflow",
                        "b overflow",
                        "a closed 1000",
                        "b closed 1000");
    }

    private final class Recording implements ConnectionObserverFactory, ConnectionObserver {

        private final String name;

        private Recording(String name) {
            this.name = name;
        }

        @Override
        public ConnectionObserver connectionOpened(HandleRole role, String transport) {
            heard.add(name + " opened " + role);
            return this;
        }

        @Override
        public void handshakeRefused(HandleRole role, @Nullable Violation violation) {
            heard.add(name + " refused " + violation);
        }

        @Override
        public void queueChanged(int messages, long bytes) {
            heard.add(name + " queue " + messages + " " + bytes);
        }

        @Override
        public void sendOverflowed() {
            heard.add(name + " overflow");
        }

        @Override
        public void closed(CloseEvent event) {
            heard.add(name + " closed " + event.code());
        }
    }
}

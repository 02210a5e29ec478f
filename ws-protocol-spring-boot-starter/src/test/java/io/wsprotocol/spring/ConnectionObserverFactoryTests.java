package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    /** Otherwise meters would count a connection as open for ever. */
    @Test
    void theOthersHearOfTheEndAlthoughOneFailsOverIt() {
        ConnectionObserver failing = new ConnectionObserver() {
            @Override
            public void closed(CloseEvent event) {
                throw new NoClassDefFoundError("of the test");
            }
        };
        ConnectionObserver observer = ConnectionObserverFactory.all(
                        List.of((role, transport) -> failing, new Recording("b")))
                .connectionOpened(HandleRole.SERVER, "test");
        heard.clear();

        assertThatThrownBy(() -> observer.closed(new CloseEvent(1000, null, true, CloseEvent.Initiator.LOCAL, null)))
                .isInstanceOf(NoClassDefFoundError.class);

        assertThat(heard).containsExactly("b closed 1000");
    }

    @Test
    void severalHearOfMessagesOnTheirWayAndOneThatTimesIsEnough() {
        ConnectionObserver observer = ConnectionObserverFactory.all(
                        List.of(new Recording("a"), (role, transport) -> ConnectionObserver.NONE, new Recording("b")))
                .connectionOpened(HandleRole.SERVER, "test");
        heard.clear();

        assertThat(observer.timesSend()).isTrue();
        observer.sendWaited(1);
        observer.sendTook(2);
        observer.messageSent(3, true);
        observer.messageReceived(4, false);
        observer.readingSuspended(true);

        assertThat(heard)
                .containsExactly(
                        "a asked",
                        "b asked",
                        "a waited 1",
                        "b waited 1",
                        "a took 2",
                        "b took 2",
                        "a sent 3 true",
                        "b sent 3 true",
                        "a received 4 false",
                        "b received 4 false",
                        "a suspended true",
                        "b suspended true");
        assertThat(ConnectionObserver.NONE.timesSend()).isFalse();
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
        public boolean timesSend() {
            heard.add(name + " asked");
            return name.equals("a");
        }

        @Override
        public void sendWaited(long nanos) {
            heard.add(name + " waited " + nanos);
        }

        @Override
        public void sendTook(long nanos) {
            heard.add(name + " took " + nanos);
        }

        @Override
        public void messageSent(long bytes, boolean endsMessage) {
            heard.add(name + " sent " + bytes + " " + endsMessage);
        }

        @Override
        public void messageReceived(long bytes, boolean endsMessage) {
            heard.add(name + " received " + bytes + " " + endsMessage);
        }

        @Override
        public void readingSuspended(boolean suspended) {
            heard.add(name + " suspended " + suspended);
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

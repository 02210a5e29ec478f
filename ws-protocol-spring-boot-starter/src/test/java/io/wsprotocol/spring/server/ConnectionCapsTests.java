package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.spring.ConnectionCap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link ConnectionCaps} on a virtual clock. */
class ConnectionCapsTests {

    private static final int NONE = Integer.MAX_VALUE;
    private static final CloseEvent CLOSED = new CloseEvent(1000, null, true, CloseEvent.Initiator.REMOTE, null);

    private final List<String> heard = new ArrayList<>();
    private long now;

    private ConnectionCaps caps(int sessions, int perAddress, int rate) {
        return new ConnectionCaps(new ConnectionCaps.Settings(sessions, perAddress, rate), () -> now);
    }

    private ShellListener listener() {
        return new ShellListener() {
            @Override
            public void opened() {
                heard.add("opened");
            }

            @Override
            public void text(String payload, boolean last) {
                heard.add("text " + payload + last);
            }

            @Override
            public void binary(ByteBuffer payload, boolean last) {
                heard.add("binary " + payload.remaining() + last);
            }

            @Override
            public void pong(ByteBuffer payload) {
                heard.add("pong " + payload.remaining());
            }

            @Override
            public void closed(CloseEvent event) {
                heard.add("closed " + event.code());
            }
        };
    }

    @Test
    void sessionsCountFromTheirSocketToTheirEnd() {
        ConnectionCaps caps = caps(2, NONE, NONE);
        assertThat(caps.check("1.1.1.1")).isNull();
        ShellListener first = caps.entered("1.1.1.1", listener());
        caps.entered("2.2.2.2", listener());
        assertThat(caps.check("3.3.3.3")).isEqualTo(ConnectionCap.SESSIONS);
        assertThat(caps.check(null)).isEqualTo(ConnectionCap.SESSIONS);
        first.closed(CLOSED);
        assertThat(caps.check("3.3.3.3")).isNull();
        assertThat(caps.sessions()).isEqualTo(1);
    }

    @Test
    void theListenerHearsAllAsBefore() {
        ShellListener listener = caps(1, 1, 1).entered("1.1.1.1", listener());
        listener.opened();
        listener.text("a", true);
        listener.binary(ByteBuffer.allocate(2), false);
        listener.pong(ByteBuffer.allocate(3));
        listener.closed(CLOSED);
        assertThat(heard).containsExactly("opened", "text atrue", "binary 2false", "pong 3", "closed 1000");
    }

    @Test
    void anAddressHasItsOwnNumberOfSessions() {
        ConnectionCaps caps = caps(NONE, 2, NONE);
        ShellListener first = caps.entered("1.1.1.1", listener());
        caps.entered("1.1.1.1", listener());
        assertThat(caps.check("1.1.1.1")).isEqualTo(ConnectionCap.SESSIONS_PER_ADDRESS);
        assertThat(caps.check("1.1.1.2")).isNull();
        assertThat(caps.check(null)).isNull();
        first.closed(CLOSED);
        assertThat(caps.check("1.1.1.1")).isNull();
    }

    @Test
    void handshakesOfAnAddressComeAtTheirRate() {
        ConnectionCaps caps = caps(NONE, NONE, 20);
        for (int i = 0; i < 40; i++) {
            assertThat(caps.check("1.1.1.1")).as("handshake %s", i).isNull();
        }
        assertThat(caps.check("1.1.1.1")).isEqualTo(ConnectionCap.HANDSHAKE_RATE);
        assertThat(caps.check("1.1.1.2")).isNull();
        now += Duration.ofMillis(49).toNanos();
        assertThat(caps.check("1.1.1.1")).isEqualTo(ConnectionCap.HANDSHAKE_RATE);
        now += Duration.ofMillis(1).toNanos();
        assertThat(caps.check("1.1.1.1")).isNull();
        assertThat(caps.check("1.1.1.1")).isEqualTo(ConnectionCap.HANDSHAKE_RATE);
    }

    @Test
    void aHundredThousandAddressesAreForgottenAgain() {
        ConnectionCaps caps = caps(NONE, NONE, 20);
        int most = 0;
        for (int i = 0; i < 100_000; i++) {
            caps.check("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
            now += 1_000_000;
            most = Math.max(most, caps.addresses());
        }
        assertThat(most).isLessThan(3_000);
        ShellListener listener = caps.entered("1.1.1.1", listener());
        now += Duration.ofMinutes(1).toNanos();
        listener.closed(CLOSED);
        for (int i = 0; i < 2_000; i++) {
            caps.check("20.0." + (i >> 8 & 255) + "." + (i & 255));
        }
        now += Duration.ofMinutes(1).toNanos();
        caps.check("1.1.1.1");
        assertThat(caps.addresses()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.7, 192.168.1.7",
        "0:0:0:0:0:0:0:1, 0:0:0:0::/64",
        "::1, 0:0:0:0::/64",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "2001:db8::6, 2001:db8:0:0::/64",
        "2001:db8:1:2::, 2001:db8:1:2::/64",
        "::2:3:4:5:6:7:8, 0:2:3:4::/64",
        "::ffff:1.2.3.4, ::ffff:1.2.3.4",
    })
    void ipv6AddressesCountByTheirFirstHalf(String address, String group) {
        assertThat(ConnectionCaps.group(address)).isEqualTo(group);
    }

    @Test
    void boundsBelowOneAreRefused() {
        assertThatThrownBy(() -> new ConnectionCaps.Settings(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConnectionCaps.Settings(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConnectionCaps.Settings(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}

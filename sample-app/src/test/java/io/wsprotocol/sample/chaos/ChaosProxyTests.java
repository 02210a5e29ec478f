package io.wsprotocol.sample.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That the proxy does what its faults say, and nothing else. */
@Timeout(60)
class ChaosProxyTests {

    private static final int BYTES = 3_000;

    private final byte[] sent = new byte[BYTES];
    private ServerSocket listener;
    private ChaosProxy proxy;
    private Socket client;
    private Socket server;

    @BeforeEach
    void listen() throws IOException {
        new Random(7).nextBytes(sent);
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        proxy = ChaosProxy.start(listener.getLocalPort(), 7);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listener.close();
    }

    static Fault[] harmless() {
        return new Fault[] {
            Fault.NONE,
            Fault.latency(20, 30),
            Fault.slices(7),
            Fault.bandwidth(30_000),
            new Fault(5, 5, 100, 50_000, null, null)
        };
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void bytesAndEndsArriveAsTheyWereSentWhateverTheDelay(Fault fault) throws IOException {
        connect(fault);

        client.getOutputStream().write(sent);
        client.shutdownOutput();
        assertThat(server.getInputStream().readAllBytes()).isEqualTo(sent);
        server.getOutputStream().write(sent);
        server.shutdownOutput();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
    }

    @Test
    void latencyDelays() throws IOException {
        connect(Fault.latency(150, 0));

        long before = System.nanoTime();
        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
        assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(149));
    }

    @Test
    void bandwidthIsLimited() throws IOException {
        connect(Fault.bandwidth(10_000));

        long before = System.nanoTime();
        client.getOutputStream().write(sent);
        assertThat(server.getInputStream().readNBytes(BYTES)).isEqualTo(sent);
        // The first and the last piece cost nothing.
        assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(250));
    }

    @Test
    void oneByteIsChanged() throws IOException {
        connect(Fault.corruptToServer(1_234, 0x40));

        client.getOutputStream().write(sent);
        sent[1_234] ^= 0x40;
        assertThat(server.getInputStream().readNBytes(BYTES)).isEqualTo(sent);
    }

    @Test
    void oneDirectionEndsAndTheOtherGoesOn() throws IOException {
        connect(Fault.toServer(Fault.Kind.HALF_CLOSE, 100));

        client.getOutputStream().write(sent);
        assertThat(server.getInputStream().readAllBytes()).hasSize(100);
        server.getOutputStream().write(sent);
        assertThat(client.getInputStream().readNBytes(BYTES)).isEqualTo(sent);
    }

    @Test
    void aResetReachesBothEnds() throws IOException {
        connect(Fault.toServer(Fault.Kind.RESET, 100));

        client.getOutputStream().write(sent);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> server.getInputStream().readNBytes(BYTES)).isInstanceOf(SocketException.class);
    }

    @Test
    void nothingPassesAStallAndNothingEnds() throws IOException {
        connect(Fault.toClient(Fault.Kind.STALL, 100));

        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
        server.getOutputStream().write(sent);
        assertThat(client.getInputStream().readNBytes(100)).hasSize(100);
        client.setSoTimeout(200);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.getOutputStream().write(2);
        assertThat(server.getInputStream().read()).isEqualTo(2);
    }

    private void connect(Fault fault) throws IOException {
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        proxy.plan(client.getLocalPort(), fault);
        server = listener.accept();
    }
}

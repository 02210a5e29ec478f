package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.Action;
import io.wsprotocol.BufferType;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionLoopTests {

    private final PipeTransport transport = new PipeTransport();
    private final PipeTransport peer = new PipeTransport();
    private final List<String> heard = new ArrayList<>();
    private final WebSocketHandle handle = open();
    private final ActionLoop loop = new ActionLoop(handle, transport, new ActionLoop.Listener() {
        @Override
        public void sendCompleted(Object context, boolean sent) {
            heard.add(context + (sent ? " sent" : " not sent"));
        }

        @Override
        public void received(Action action) {
            heard.add(action.bufferType() + " "
                    + (action.bufferCount() == 0 ? 0 : action.buffer().remaining()));
        }
    });

    ActionLoopTests() {
        PipeTransport.join(transport, peer);
    }

    private static WebSocketHandle open() {
        var server = WebSocketHandle.createServer();
        server.assumeHandshakeDone();
        return server;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    void writesWhollyAndAnswersPings(int step) throws IOException {
        transport.chop(step, step);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(50), "a");
        handle.receive(null, null);
        transport.arrive(Frames.frame(true, Frames.FIN | Frames.PING, "p"));
        transport.arrive(Frames.frame(true, Frames.FIN | Frames.TEXT, "x"));
        assertThat(loop.run()).isEqualTo(Interest.NONE);
        assertThat(heard).containsExactlyInAnyOrder("a sent", "UTF8_MESSAGE 1");
        assertThat(Frames.read(Frames.drain(peer), false)).containsExactlyInAnyOrder("BINARY 50", "PONG p");
    }

    @Test
    void saysWhatItWaitsFor() throws IOException {
        handle.receive(null, null);
        assertThat(loop.run()).isEqualTo(Interest.READ);
        transport.stall(true);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), "a");
        assertThat(loop.run()).isEqualTo(Interest.READ | Interest.WRITE);
        transport.end();
        assertThat(loop.run()).isEqualTo(Interest.WRITE);
        assertThat(loop.inputEnded()).isTrue();
        assertThat(heard).containsExactly("null 0");
    }

    @Test
    void handsEverythingBackWhenThePeerBreaksARule() throws IOException {
        transport.stall(true);
        handle.receive(null, null);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), "a");
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), "b");
        transport.arrive(Frames.frame(true, Frames.FIN | 3, "bad"));
        assertThatThrownBy(loop::run).isInstanceOf(WebSocketProtocolException.class);
        assertThat(heard).containsExactly("a not sent", "b not sent", "null 0");
        assertThat(loop.run()).isEqualTo(Interest.CLOSED);
    }

    @Test
    void nothingIsReadBehindTheEndAndNothingIsDoneBehindAnAbort() throws IOException {
        handle.receive(null, null);
        transport.end();
        loop.run();
        handle.receive(null, null);
        assertThat(loop.run()).isEqualTo(Interest.NONE);
        assertThat(heard).containsExactly("null 0", "null 0");
        loop.abort();
        loop.abort();
        assertThat(loop.run()).isEqualTo(Interest.CLOSED);
    }

    @Test
    void handsEverythingBackWhenTheTransportIsLost() {
        handle.receive(null, null);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1), "a");
        transport.reset();
        assertThatThrownBy(loop::run).isInstanceOf(IOException.class);
        assertThat(heard).containsExactly("a not sent", "null 0");
    }
}

package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.ErrorCode;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleState;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every public method in every state: it does its work, or it throws and nothing has changed. */
@Tag("T20")
@Tag("V34")
class IllegalCallTests {

    private static final HandleOptions OPTIONS =
            HandleOptions.builder().maxQueuedSends(4).build();

    private static final Map<String, Function<Boolean, CheckedHandle<?>>> STATES = new LinkedHashMap<>();
    private static final Map<String, Consumer<CheckedHandle<?>>> CALLS = new LinkedHashMap<>();

    static {
        STATES.put("created", IllegalCallTests::created);
        STATES.put("handshaking", IllegalCallTests::handshaking);
        STATES.put("open", server -> CheckedHandle.open(server, OPTIONS));
        STATES.put("close queued", IllegalCallTests::closeQueued);
        STATES.put("broken", IllegalCallTests::broken);
        STATES.put("in a message", IllegalCallTests::inMessage);
        STATES.put("send queue full", IllegalCallTests::full);
        STATES.put("closed by the peer", server -> fed(server, Wire.close(1000, "")));
        STATES.put("failed by the peer", server -> fed(server, Wire.frame(3, new byte[0])));
        STATES.put("aborted", IllegalCallTests::aborted);
        STATES.put("deleted", IllegalCallTests::deleted);

        CALLS.put("text", handle -> handle.send(BufferType.UTF8_MESSAGE, ByteBuffer.allocate(3), null));
        CALLS.put("binary", handle -> handle.trySend(BufferType.BINARY_FRAGMENT, ByteBuffer.allocate(3), null));
        CALLS.put("ping", handle -> handle.send(BufferType.PING_PONG, ByteBuffer.allocate(3), null));
        CALLS.put("long ping", handle -> handle.trySend(BufferType.PING_PONG, ByteBuffer.allocate(126), null));
        CALLS.put("close as data", handle -> handle.send(BufferType.CLOSE, ByteBuffer.allocate(2), null));
        CALLS.put("raw as data", handle -> handle.send(BufferType.RAW, ByteBuffer.allocate(2), null));
        CALLS.put("raw", handle -> handle.sendRaw(0x81, ByteBuffer.allocate(2), null));
        CALLS.put("raw continuation", handle -> handle.trySendRaw(0x80, ByteBuffer.allocate(2), null));
        CALLS.put("raw with rsv", handle -> handle.sendRaw(0xC1, ByteBuffer.allocate(2), null));
        CALLS.put("close", handle -> handle.sendClose(CloseInfo.of(1000), null));
        CALLS.put("close 1006", handle -> handle.trySendClose(CloseInfo.of(1006), null));
        CALLS.put("receive", handle -> handle.receive(null, null));
        CALLS.put("receive into nothing", handle -> handle.tryReceive(ByteBuffer.allocate(0), null));
        CALLS.put("foreign completion", handle -> handle.completeAction(foreign(), 1));
        CALLS.put("all bits reserved", handle -> handle.handle().allowReservedBits(0xFF));
    }

    private static CheckedHandle<?> created(boolean server) {
        return server ? CheckedHandle.server(OPTIONS) : CheckedHandle.client(OPTIONS);
    }

    private static CheckedHandle<?> handshaking(boolean server) {
        CheckedHandle<?> handle = created(server);
        handle.watch(() -> begin(handle.handle()));
        return handle;
    }

    private static List<HttpHeader> begin(WebSocketHandle handle) {
        if (handle instanceof ClientHandle client) {
            return client.beginHandshake(List.of(), List.of(), List.of());
        }
        List<HttpHeader> request = new ArrayList<>(begin(WebSocketHandle.createClient()));
        request.add(new HttpHeader("Host", "localhost"));
        return ((ServerHandle) handle).beginHandshake(null, List.of(), request);
    }

    private static CheckedHandle<?> closeQueued(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, OPTIONS);
        handle.sendClose(null, null);
        return handle;
    }

    private static CheckedHandle<?> broken(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, OPTIONS);
        handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(9), null);
        handle.completeAction(handle.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK), 1);
        return handle;
    }

    private static CheckedHandle<?> inMessage(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, OPTIONS);
        handle.send(BufferType.UTF8_FRAGMENT, ByteBuffer.allocate(9), null);
        return handle;
    }

    private static CheckedHandle<?> full(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, OPTIONS);
        for (int i = 0; i < OPTIONS.maxQueuedSends(); i++) {
            handle.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(9), i);
        }
        return handle;
    }

    private static CheckedHandle<?> fed(boolean server, Wire wire) {
        CheckedHandle<?> handle = CheckedHandle.open(server, OPTIONS);
        handle.receive(null, null);
        Action read = handle.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        byte[] bytes = wire.from(server).bytes();
        read.buffer().put(bytes);
        handle.completeAction(read, bytes.length);
        try {
            handle.completeAction(handle.getAction(ActionQueue.RECEIVE), 0);
        } catch (WebSocketProtocolException e) {
            assertThat(e.violation()).isNotNull();
        }
        return handle;
    }

    private static CheckedHandle<?> aborted(boolean server) {
        CheckedHandle<?> handle = inMessage(server);
        handle.receive(null, null);
        handle.abort();
        return handle;
    }

    private static CheckedHandle<?> deleted(boolean server) {
        CheckedHandle<?> handle = CheckedHandle.open(server, OPTIONS);
        handle.close();
        return handle;
    }

    private static Action foreign() {
        ServerHandle other = WebSocketHandle.createServer();
        other.assumeHandshakeDone();
        other.receive(null, null);
        return other.getAction(ActionQueue.RECEIVE);
    }

    static Stream<Arguments> everyCallInEveryState() {
        return Stream.of(true, false)
                .flatMap(server -> STATES.keySet().stream()
                        .flatMap(state -> CALLS.keySet().stream().map(call -> Arguments.of(call, state, server))));
    }

    @ParameterizedTest(name = "{0} when {1}, server {2}")
    @MethodSource("everyCallInEveryState")
    @Tag("R6455-S-35-")
    @Tag("R6455-C-30-")
    @Tag("R6455-K-15-")
    @Tag("R6455-D-01-")
    void aRefusedCallChangesNothing(String call, String state, boolean server) {
        CheckedHandle<?> handle = STATES.getOrDefault(state, s -> created(s)).apply(server);
        // CheckedHandle compares all that can be seen of the handle before and after
        Throwable thrown =
                catchThrowable(() -> CALLS.getOrDefault(call, h -> {}).accept(handle));
        if (thrown != null) {
            assertThat(thrown).isInstanceOfAny(WebSocketStateException.class, IllegalArgumentException.class);
            if (thrown instanceof WebSocketStateException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_PROTOCOL_OPERATION);
            }
            assertThat(thrown).hasMessageMatching("(?s).{10,}");
        }
        HandleState now = handle.handle().state();
        if (now == HandleState.CREATED || now == HandleState.DELETED || (now == HandleState.HANDSHAKING && !server)) {
            assertThat(thrown).as("nothing is taken in state %s", now).isNotNull();
        }
        handle.abortAndVerify();
    }

    static Stream<Arguments> everyState() {
        return Stream.of(true, false)
                .flatMap(server -> STATES.keySet().stream().map(state -> Arguments.of(state, server)));
    }

    @ParameterizedTest(name = "when {0}, server {1}")
    @MethodSource("everyState")
    void theHandshakeCannotBeginTwice(String state, boolean server) {
        CheckedHandle<?> handle = STATES.getOrDefault(state, s -> created(s)).apply(server);
        if (!state.equals("created")) {
            HandleState before = handle.handle().state();
            assertThatThrownBy(() -> begin(handle.handle())).isInstanceOf(WebSocketStateException.class);
            assertThatThrownBy(() -> assumeDone(handle.handle())).isInstanceOf(WebSocketStateException.class);
            if (before != HandleState.HANDSHAKING) {
                assertThatThrownBy(() -> end(handle.handle())).isInstanceOf(WebSocketStateException.class);
            }
            assertThat(handle.handle().state()).isEqualTo(before);
        }
        handle.abortAndVerify();
    }

    private static void assumeDone(WebSocketHandle handle) {
        if (handle instanceof ClientHandle client) {
            client.assumeHandshakeDone();
        } else if (handle instanceof ServerHandle server) {
            server.assumeHandshakeDone();
        }
    }

    private static void end(WebSocketHandle handle) {
        if (handle instanceof ClientHandle client) {
            client.endHandshake(List.of());
        } else if (handle instanceof ServerHandle server) {
            server.endHandshake();
        }
    }
}

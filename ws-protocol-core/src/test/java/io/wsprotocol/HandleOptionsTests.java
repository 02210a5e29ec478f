package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsprotocol.fixture.CheckedHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("WSPC-2.5")
class HandleOptionsTests {

    @Test
    void defaultsAreThoseOfWindows() {
        HandleOptions defaults = HandleOptions.defaults();
        assertThat(defaults.receiveBufferSize()).isEqualTo(4096);
        assertThat(defaults.sendBufferSize(false)).isEqualTo(4096);
        assertThat(defaults.sendBufferSize(true)).isEqualTo(16);
        assertThat(defaults.disableMasking()).isFalse();
        assertThat(defaults.disableUtf8Verification()).isFalse();
        assertThat(defaults.allocatedBuffer()).isNull();
        assertThat(defaults.corking()).isFalse();
        assertThat(defaults.maxPendingPongs()).isEqualTo(16);
        assertThat(defaults.maxFramePayload()).isEqualTo(HandleOptions.UNLIMITED);
    }

    static Stream<Arguments> bounds() {
        return Stream.of(
                bound("receiveBufferSize", 256, value -> HandleOptions.builder().receiveBufferSize(value)),
                bound("sendBufferSize", 16, value -> HandleOptions.builder().sendBufferSize(value)),
                bound("maxQueuedSends", 1, value -> HandleOptions.builder().maxQueuedSends(value)),
                bound("maxQueuedReceives", 1, value -> HandleOptions.builder().maxQueuedReceives(value)),
                bound("maxPendingPongs", 1, value -> HandleOptions.builder().maxPendingPongs(value)),
                bound("maxFramePayload", 1, value -> HandleOptions.builder().maxFramePayload(value)),
                bound("maxFragments", 1, value -> HandleOptions.builder().maxFragments(value)),
                bound("maxEmptyFragments", 0, value -> HandleOptions.builder().maxEmptyFragments(value)));
    }

    private static Arguments bound(String name, int least, Function<Integer, HandleOptions.Builder> setter) {
        return Arguments.of(name, least, setter);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bounds")
    void aValueBelowItsBoundIsRefusedByName(String name, int least, Function<Integer, HandleOptions.Builder> setter) {
        assertThatCode(() -> setter.apply(least).build()).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setter.apply(least - 1).build())
                .withMessageContaining(name)
                .withMessageContaining(String.valueOf(least));
    }

    @Test
    void toBuilderKeepsEverything() {
        HandleOptions options = HandleOptions.builder()
                .receiveBufferSize(300)
                .sendBufferSize(301)
                .disableMasking(true)
                .disableUtf8Verification(true)
                .allocatedBuffer(ByteBuffer.allocate(1000))
                .maxQueuedSends(2)
                .maxQueuedReceives(3)
                .maxPendingPongs(4)
                .maxFramePayload(5)
                .maxFragments(6)
                .maxEmptyFragments(7)
                .corking(true)
                .verifyOutgoingText(true)
                .subprotocolRequired(true)
                .writtenElsewhere(true)
                .maskingKeySource(() -> 1)
                .observer(new HandleObserver() {})
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options);
        assertThat(options).isNotEqualTo(HandleOptions.defaults());
    }

    @Test
    void thePropertiesOfTheWindowsApiSetTheSame() {
        ByteBuffer memory = ByteBuffer.allocate(4096);
        assertThat(HandleOptions.builder()
                        .property(PropertyType.RECEIVE_BUFFER_SIZE, 512)
                        .property(PropertyType.SEND_BUFFER_SIZE, 128)
                        .property(PropertyType.DISABLE_MASKING, true)
                        .property(PropertyType.ALLOCATED_BUFFER, memory)
                        .property(PropertyType.DISABLE_UTF8_VERIFICATION, true)
                        .build())
                .isEqualTo(HandleOptions.builder()
                        .receiveBufferSize(512)
                        .sendBufferSize(128)
                        .disableMasking(true)
                        .allocatedBuffer(memory)
                        .disableUtf8Verification(true)
                        .build());
    }

    @Test
    @Tag("V34")
    void propertiesThatDoNotFitAreRefused() {
        HandleOptions.Builder builder = HandleOptions.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.property(PropertyType.KEEPALIVE_INTERVAL, Duration.ofSeconds(20)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.property(PropertyType.SUPPORTED_VERSIONS, List.of(13)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.property(PropertyType.RECEIVE_BUFFER_SIZE, 512L));
        builder.property(PropertyType.RECEIVE_BUFFER_SIZE, 512);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.property(PropertyType.RECEIVE_BUFFER_SIZE, 1024))
                .withMessageContaining("twice");
        assertThat(builder.build().receiveBufferSize()).isEqualTo(512);
    }

    @Test
    void theAllocatedBufferMustBeWritableHeapMemoryOfEnoughRoom() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandleOptions.builder()
                        .allocatedBuffer(ByteBuffer.allocateDirect(9000))
                        .build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HandleOptions.builder()
                        .allocatedBuffer(ByteBuffer.allocate(9000).asReadOnlyBuffer())
                        .build());
        HandleOptions tooSmall = HandleOptions.builder()
                .allocatedBuffer(ByteBuffer.allocate(4096 + 16 + 256))
                .build();
        assertThatIllegalArgumentException().isThrownBy(() -> WebSocketHandle.createServer(tooSmall));
    }

    @Test
    void theAllocatedBufferMustHoldTheBuffersOfItsRole() {
        HandleOptions forServers = HandleOptions.builder()
                .allocatedBuffer(ByteBuffer.allocate(4096 + 16 + 256 + 1))
                .build();
        WebSocketHandle.createServer(forServers).close();
        assertThatIllegalArgumentException().isThrownBy(() -> WebSocketHandle.createClient(forServers));
        HandleOptions forClients = HandleOptions.builder()
                .allocatedBuffer(ByteBuffer.allocate(4096 + 4096 + 256 + 1))
                .build();
        WebSocketHandle.createClient(forClients).close();
    }

    @Test
    void theAllocatedBufferServesBothSidesAndNothingElseIsTouched() {
        byte[] array = new byte[100 + 1000 + 100];
        HandleOptions options = HandleOptions.builder()
                .receiveBufferSize(300)
                .sendBufferSize(300)
                .allocatedBuffer(ByteBuffer.wrap(array, 100, 1000).slice())
                .build();
        CheckedHandle<ClientHandle> client = CheckedHandle.openClient(options);
        client.receive(null, null);
        client.send(BufferType.BINARY_MESSAGE, ByteBuffer.allocate(1000), null);
        Action read = client.expect(ActionQueue.RECEIVE, ActionType.RECEIVE_FROM_NETWORK);
        assertThat(read.buffer().array()).isSameAs(array);
        assertThat(read.buffer().remaining()).isEqualTo(300);
        Action write = client.expect(ActionQueue.SEND, ActionType.SEND_TO_NETWORK);
        assertThat(write.buffer().array()).isSameAs(array);
        client.completeAction(write, write.totalBytes());
        client.flush();
        client.completeAction(read, 0);
        assertThat(client.writtenFrames()).hasSize(1);
        assertThat(array).startsWith(new byte[100]).endsWith(new byte[100]);
        client.abortAndVerify();
    }
}

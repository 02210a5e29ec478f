package io.wsprotocol.spring.broadcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.spring.broadcast.BusMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link RedisFrame}. */
class RedisFrameTests {

    private final UUID node = UUID.randomUUID();

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void aMessageComesBackAsItWas(MessageType type) {
        RedisFrame frame = frame("prices/größe", type, "12 €".getBytes(UTF_8));
        assertThat(RedisFrame.decoded(frame.encoded())).isEqualTo(frame);
        RedisFrame empty = frame("", type, new byte[0]);
        assertThat(RedisFrame.decoded(empty.encoded())).isEqualTo(empty);
    }

    @Test
    void bytesThatAreCutOffAreNotOurs() {
        byte[] whole = frame("group", MessageType.TEXT, new byte[0]).encoded();
        for (int length = 0; length < whole.length; length++) {
            assertThat(RedisFrame.decoded(Arrays.copyOf(whole, length)))
                    .as("%s bytes", length)
                    .isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 18})
    void anotherVersionTypeOrLengthIsNotOurs(int position) {
        byte[] bytes = frame("group", MessageType.BINARY, new byte[9]).encoded();
        bytes[position] ^= 0x40;
        assertThat(RedisFrame.decoded(bytes)).isNull();
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        frame("g".repeat(65_536), MessageType.TEXT, new byte[0]).encoded());
        RedisFrame longest = frame("g".repeat(65_535), MessageType.TEXT, new byte[0]);
        assertThat(RedisFrame.decoded(longest.encoded())).isEqualTo(longest);
    }

    private RedisFrame frame(String group, MessageType type, byte[] payload) {
        return new RedisFrame(node, new BusMessage(group, type, ByteBuffer.wrap(payload)));
    }
}

package io.wsprotocol.spring.broadcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.spring.broadcast.BusMessage;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as it lies in a channel. Immutable.
 *
 * <pre>
 * version  node  type  group length  group  payload
 * 1        16    1     2             …      …         bytes
 * </pre>
 *
 * @param node who published it
 * @param message what it is
 */
record RedisFrame(UUID node, BusMessage message) {

    private static final byte VERSION = 1;
    private static final byte TEXT = 'T';
    private static final byte BINARY = 'B';
    private static final int HEADER_BYTES = 20;
    private static final int MOST_GROUP_BYTES = 0xFFFF;

    /**
     * {@return the bytes to publish}
     *
     * @throws IllegalArgumentException when the name of the group is too long
     */
    byte[] encoded() {
        byte[] group = message.group().getBytes(UTF_8);
        if (group.length > MOST_GROUP_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a broadcast group has at most " + MOST_GROUP_BYTES + " bytes");
        }
        ByteBuffer payload = message.payload();
        return ByteBuffer.allocate(HEADER_BYTES + group.length + payload.remaining())
                .put(VERSION)
                .putLong(node.getMostSignificantBits())
                .putLong(node.getLeastSignificantBits())
                .put(message.type() == MessageType.TEXT ? TEXT : BINARY)
                .putShort((short) group.length)
                .put(group)
                .put(payload)
                .array();
    }

    /**
     * {@return the message; null when the bytes are not ours}
     *
     * @param bytes what lay in the channel
     */
    static @Nullable RedisFrame decoded(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.remaining() < HEADER_BYTES || in.get() != VERSION) {
            return null;
        }
        UUID node = new UUID(in.getLong(), in.getLong());
        byte type = in.get();
        int groupBytes = Short.toUnsignedInt(in.getShort());
        if ((type != TEXT && type != BINARY) || groupBytes > in.remaining()) {
            return null;
        }
        String group = UTF_8.decode(in.slice(in.position(), groupBytes)).toString();
        in.position(in.position() + groupBytes);
        return new RedisFrame(
                node, new BusMessage(group, type == TEXT ? MessageType.TEXT : MessageType.BINARY, in.slice()));
    }
}

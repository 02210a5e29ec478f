package io.wsprotocol.spring.broadcast;

import io.wsprotocol.driver.MessageType;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A message on its way between instances. Immutable.
 *
 * @param group for whom it is
 * @param type what it is
 * @param payload its bytes, to be read only; of text UTF-8
 * @since 0.1.0
 */
public record BusMessage(String group, MessageType type, ByteBuffer payload) {

    /** Takes the bytes as they are: nobody may change them afterwards. */
    public BusMessage {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(type, "type");
        payload = payload.asReadOnlyBuffer();
    }

    /** {@return the bytes, with a position and limit of the caller's own} */
    @Override
    public ByteBuffer payload() {
        return payload.duplicate();
    }

    /** {@return group, type and size; never content} */
    @Override
    public String toString() {
        return "BusMessage[" + type + ", " + payload.remaining() + " bytes for " + group + "]";
    }
}

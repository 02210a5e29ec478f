package io.wsprotocol.spring.broadcast;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.spring.server.Broadcast;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.springframework.web.socket.WebSocketSession;

/**
 * Sessions of all instances that get the same messages; each instance knows its own. A message is encoded once on each. Thread-safe.
 *
 * @since 0.1.0
 */
public final class BroadcastGroup {

    private final String name;
    private final Collection<? extends WebSocketSession> members;
    private final WebSocketBroadcaster broadcaster;
    private final BroadcastBus bus;

    BroadcastGroup(
            String name,
            Collection<? extends WebSocketSession> members,
            WebSocketBroadcaster broadcaster,
            BroadcastBus bus) {
        this.name = name;
        this.members = members;
        this.broadcaster = broadcaster;
        this.bus = bus;
    }

    /** {@return what it is called on all instances} */
    public String name() {
        return name;
    }

    /**
     * Sends a text message to the members on all instances. Never waits.
     *
     * @param text the message
     * @return which members of this instance get it; of others nothing is known
     * @throws IllegalArgumentException when half of a surrogate pair stands alone in the text; nothing was sent then
     */
    public Broadcast send(String text) {
        // First, as it refuses what is no text.
        PreparedMessage message = PreparedMessage.text(text);
        return send(message, new BusMessage(name, MessageType.TEXT, ByteBuffer.wrap(text.getBytes(UTF_8))));
    }

    /**
     * Sends a binary message to the members on all instances. Never waits.
     *
     * @param payload the message, copied
     * @return which members of this instance get it; of others nothing is known
     */
    public Broadcast send(ByteBuffer payload) {
        ByteBuffer copy = ByteBuffer.allocate(payload.remaining());
        copy.put(payload.duplicate()).flip();
        return send(PreparedMessage.binary(copy.duplicate()), new BusMessage(name, MessageType.BINARY, copy));
    }

    private Broadcast send(PreparedMessage message, BusMessage published) {
        Broadcast here = broadcaster.send(message, members);
        bus.publish(published);
        return here;
    }

    /** Another instance sent that. It goes no further than to the members here. */
    void received(BusMessage message) {
        broadcaster.send(
                switch (message.type()) {
                    case TEXT ->
                        PreparedMessage.text(UTF_8.decode(message.payload()).toString());
                    case BINARY -> PreparedMessage.binary(message.payload());
                },
                members);
    }
}

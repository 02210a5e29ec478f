package io.wsprotocol.spring.broadcast;

import io.wsprotocol.spring.server.WebSocketBroadcaster;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.socket.WebSocketSession;

/**
 * The broadcast groups of this instance, and where messages of other instances arrive. Thread-safe.
 *
 * @since 0.1.0
 */
public final class BroadcastGroups {

    private static final int MOST_NAME_CHARACTERS = 255;

    private final Map<String, BroadcastGroup> groups = new ConcurrentHashMap<>();
    private final WebSocketBroadcaster broadcaster;
    private final BroadcastBus bus;

    /**
     * Makes it, without a group.
     *
     * @param broadcaster sends to the members here
     * @param bus carries messages between instances; its messages come here from now on
     */
    public BroadcastGroups(WebSocketBroadcaster broadcaster, BroadcastBus bus) {
        this.broadcaster = Objects.requireNonNull(broadcaster, "broadcaster");
        this.bus = Objects.requireNonNull(bus, "bus");
        bus.receive(this::received);
    }

    /**
     * {@return a group} An instance that sends to it or has members of it opens it once, under the same name as the others.
     *
     * @param name of the group, at most 255 characters
     * @param members the sessions of this instance: a collection that may change while it is read, such as {@link
     *     ConcurrentHashMap#newKeySet()}; sessions of this engine only
     * @throws IllegalArgumentException when the name is longer
     * @throws IllegalStateException when the group is open already
     */
    public BroadcastGroup open(String name, Collection<? extends WebSocketSession> members) {
        Objects.requireNonNull(members, "members");
        if (name.length() > MOST_NAME_CHARACTERS) {
            throw new IllegalArgumentException("the name of a broadcast group has at most " + MOST_NAME_CHARACTERS
                    + " characters, not " + name.length());
        }
        BroadcastGroup group = new BroadcastGroup(name, members, broadcaster, bus);
        if (groups.putIfAbsent(name, group) != null) {
            throw new IllegalStateException("the broadcast group " + name + " is open already");
        }
        return group;
    }

    private void received(BusMessage message) {
        BroadcastGroup group = groups.get(message.group());
        if (group != null) {
            group.received(message);
        }
    }
}

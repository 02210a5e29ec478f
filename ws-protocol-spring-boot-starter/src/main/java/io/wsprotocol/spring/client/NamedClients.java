package io.wsprotocol.spring.client;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Clients by the name that the configuration gives them. Immutable.
 *
 * @param <C> what is known of one
 * @param clients by name
 */
record NamedClients<C>(Map<String, C> clients) {

    NamedClients {
        clients = Map.copyOf(clients);
    }

    Set<String> names() {
        return clients.keySet();
    }

    /**
     * {@return the one of that name}
     *
     * @throws IllegalArgumentException when there is none; the message lists those that are
     */
    C get(String name) {
        C named = clients.get(name);
        if (named == null) {
            throw new IllegalArgumentException(
                    "no client '" + name + "' under ws-protocol.client; there are " + new TreeSet<>(clients.keySet()));
        }
        return named;
    }
}

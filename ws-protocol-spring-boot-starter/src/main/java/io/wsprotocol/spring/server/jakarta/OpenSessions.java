package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.Session;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open sessions of each path. A path without one is forgotten: an endpoint that need not be deployed may have the path of each request,
 * and those are the clients' to choose. Thread-safe.
 */
final class OpenSessions {

    private final Map<String, Set<Session>> sessions = new ConcurrentHashMap<>();

    void add(String path, Session session) {
        sessions.compute(path, (same, others) -> {
            Set<Session> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(session);
            return all;
        });
    }

    void remove(String path, Session session) {
        sessions.computeIfPresent(path, (same, all) -> {
            all.remove(session);
            return all.isEmpty() ? null : all;
        });
    }

    /** {@return those of a path} */
    Set<Session> of(String path) {
        return Set.copyOf(sessions.getOrDefault(path, Set.of()));
    }

    /** {@return how many paths have one} */
    int paths() {
        return sessions.size();
    }
}

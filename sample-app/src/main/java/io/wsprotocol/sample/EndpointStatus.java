package io.wsprotocol.sample;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the page says about each endpoint: how many connections are open and whose engine carries them, which the class of the session tells.
 *
 * <p>Thread-safe.
 */
final class EndpointStatus {

    private static final String ENGINE_PACKAGE = "io.wsprotocol.";

    private final Map<String, Counter> endpoints = new LinkedHashMap<>();

    EndpointStatus(String... paths) {
        for (String path : paths) {
            endpoints.put(path, new Counter());
        }
    }

    void opened(String path, Object session) {
        Counter counter = counter(path);
        counter.engine = session.getClass().getName().startsWith(ENGINE_PACKAGE) ? "ws-protocol" : "container";
        counter.open.incrementAndGet();
    }

    void closed(String path) {
        counter(path).open.decrementAndGet();
    }

    List<Endpoint> endpoints() {
        List<Endpoint> list = new ArrayList<>();
        endpoints.forEach((path, counter) -> list.add(new Endpoint(path, counter.engine, counter.open.get())));
        return list;
    }

    private Counter counter(String path) {
        Counter counter = endpoints.get(path);
        if (counter == null) {
            throw new IllegalArgumentException("No endpoint " + path);
        }
        return counter;
    }

    /**
     * One line of the page.
     *
     * @param path where the endpoint is
     * @param engine {@code ws-protocol}, {@code container}, or {@code unknown} before the first connection
     * @param open connections open now
     */
    record Endpoint(String path, String engine, int open) {}

    private static final class Counter {
        private final AtomicInteger open = new AtomicInteger();
        private volatile String engine = "unknown";
    }
}

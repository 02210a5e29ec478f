package io.wsprotocol.spring.test;

import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.TransportUpgrade;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes over the connections of requests that came in memory. Thread-safe. */
final class InMemoryUpgrade implements TransportUpgrade {

    private static final String SLOT = InMemoryUpgrade.class.getName() + ".slot";

    /** Where the upgrade of one request is put. Confined to the thread that serves the request. */
    static final class Slot {

        private @Nullable ShellStarter starter;

        /** Goes along with a request under this name. */
        String attribute() {
            return SLOT;
        }

        /** {@return what starts the connection; null when there was no upgrade} */
        @Nullable
        ShellStarter starter() {
            return starter;
        }
    }

    @Override
    public String name() {
        return InMemoryTransport.NAME;
    }

    @Override
    public boolean supports(HttpServletRequest request) {
        return request.getAttribute(SLOT) != null;
    }

    @Override
    public void upgrade(HttpServletRequest request, ShellStarter starter) {
        Slot slot = (Slot) Objects.requireNonNull(request.getAttribute(SLOT), "no request in memory");
        slot.starter = starter;
    }
}

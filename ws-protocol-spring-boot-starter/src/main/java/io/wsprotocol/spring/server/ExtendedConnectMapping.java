package io.wsprotocol.spring.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

/**
 * Finds WebSocket endpoints for the CONNECT of HTTP/2 (RFC 8441 §4) that their mappings find for a GET with an {@code Upgrade} only, as Boot
 * maps GraphQL's. Each mapping is asked as if for the upgrade, so its interceptors and its order stay; the request itself goes on
 * as it came. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ExtendedConnectMapping implements HandlerMapping, Ordered {

    private static final String CONNECT = "CONNECT";

    private final Supplier<Stream<WebSocketHandlerMapping>> mappings;

    /**
     * Makes one.
     *
     * @param mappings the application's, in their order
     */
    public ExtendedConnectMapping(Supplier<Stream<WebSocketHandlerMapping>> mappings) {
        this.mappings = Objects.requireNonNull(mappings, "mappings");
    }

    /** Before those who know the path for other methods. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean usesPathPatterns() {
        return true;
    }

    @Override
    public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
        if (!CONNECT.equals(request.getMethod())) {
            return null;
        }
        HttpServletRequest upgrade = new Upgrade(request);
        for (WebSocketHandlerMapping mapping : mappings.get().toList()) {
            HandlerExecutionChain found = mapping.getHandler(upgrade);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** What a mapping is shown. Confined to the thread of the request. */
    private static final class Upgrade extends HttpServletRequestWrapper {

        Upgrade(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getMethod() {
            return HttpMethod.GET.name();
        }

        @Override
        public @Nullable String getHeader(String name) {
            return HttpHeaders.UPGRADE.equalsIgnoreCase(name) ? "websocket" : super.getHeader(name);
        }
    }
}

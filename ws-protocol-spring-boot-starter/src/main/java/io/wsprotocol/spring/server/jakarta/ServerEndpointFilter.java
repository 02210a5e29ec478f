package io.wsprotocol.spring.server.jakarta;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;

/**
 * Brings handshakes to the endpoints of {@link EngineServerContainer}; every other request goes on. Behind the application's own
 * filters, so that they have let the request through. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ServerEndpointFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private final transient ServerEndpoints endpoints;
    private final transient Supplier<EngineServerContainer> container;

    /**
     * Makes one.
     *
     * @param endpoints what is deployed
     * @param container answers the handshakes; asked for when there is one
     */
    public ServerEndpointFilter(ServerEndpoints endpoints, Supplier<EngineServerContainer> container) {
        this.endpoints = endpoints;
        this.container = container;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ServerEndpoints.Match match = asksForWebSocket(request) ? endpoints.find(path(request)) : null;
        if (match == null) {
            chain.doFilter(request, response);
            return;
        }
        try {
            container.get().upgrade(request, response, match.endpoint(), match.pathParameters());
        } catch (DeploymentException e) {
            throw new ServletException(e);
        }
    }

    /** Whatever else is wrong with such a request, the engine answers. */
    private static boolean asksForWebSocket(HttpServletRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
    }

    private static String path(HttpServletRequest request) {
        String info = request.getPathInfo();
        return info == null ? request.getServletPath() : request.getServletPath() + info;
    }
}

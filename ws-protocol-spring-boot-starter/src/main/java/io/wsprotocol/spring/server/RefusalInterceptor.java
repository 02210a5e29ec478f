package io.wsprotocol.spring.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Gives the refusals that come from Spring and its interceptors, before the engine sees a request, the form that the RFCs want: 426
 * names the protocol to upgrade to, and every refusal ends the connection, so that what a client sent behind its request is never
 * taken for another one. Goes first, so that it hears what all others did. Thread-safe.
 */
final class RefusalInterceptor implements HandshakeInterceptor {

    private static final RefusalInterceptor INSTANCE = new RefusalInterceptor();
    private static final String WEBSOCKET = "websocket";

    private RefusalInterceptor() {}

    /** Puts it ahead of an endpoint's interceptors, once. */
    static void addTo(WebSocketHttpRequestHandler endpoint) {
        List<HandshakeInterceptor> interceptors = new ArrayList<>(endpoint.getHandshakeInterceptors());
        if (!interceptors.contains(INSTANCE)) {
            interceptors.add(0, INSTANCE);
            endpoint.setHandshakeInterceptors(interceptors);
        }
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler wsHandler,
            Map<String, Object> attributes) {
        // RFC 6455 §4.2.1 item 3; a request that asks for no upgrade is told which one to ask for (RFC 9110 §15.5.22)
        if (!HttpMethod.GET.equals(request.getMethod()) || request.getHeaders().containsHeader(HttpHeaders.UPGRADE)) {
            return true;
        }
        response.setStatusCode(HttpStatus.UPGRADE_REQUIRED);
        response.getHeaders().set("Sec-WebSocket-Version", "13");
        complete(request, response);
        return false;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler wsHandler,
            @Nullable Exception exception) {
        complete(request, response);
    }

    /** {@return whether a refusal says that the connection ends} RFC 9113 §8.2.2: HTTP/2 has no such field, and other streams. */
    static boolean endsConnection(HttpServletRequest request) {
        return request.getProtocol().startsWith("HTTP/1.");
    }

    /** Writes past Spring's headers, which are closed once an error text was written. */
    private static void complete(ServerHttpRequest request, ServerHttpResponse response) {
        HttpServletResponse servletResponse = ((ServletServerHttpResponse) response).getServletResponse();
        int status = servletResponse.getStatus();
        if (status < HttpStatus.BAD_REQUEST.value() || servletResponse.isCommitted()) {
            return;
        }
        if (!endsConnection(((ServletServerHttpRequest) request).getServletRequest())) {
            if (status == HttpStatus.UPGRADE_REQUIRED.value()) {
                // RFC 9113 §8.6: over HTTP/2 nothing can be upgraded
                servletResponse.setStatus(HttpStatus.BAD_REQUEST.value());
            }
            return;
        }
        if (status == HttpStatus.UPGRADE_REQUIRED.value()) {
            // RFC 9110 §15.5.22: a 426 says which protocol is needed
            servletResponse.setHeader(HttpHeaders.UPGRADE, WEBSOCKET);
        }
        // RFC 6455 §4.2.1, §7.2.2: a failed handshake ends the connection
        servletResponse.setHeader(HttpHeaders.CONNECTION, "close");
    }
}

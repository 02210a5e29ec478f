package io.wsprotocol.spring.server;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;
import org.springframework.web.socket.server.support.OriginHandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Gives endpoints that were wired by hand the check of the origin (RFC 6455 §10.2) that Spring's registries add by themselves: without
 * it any page could use the cookies of a user (CVE-2026-59390). Without state.
 */
final class OriginCheck {

    private OriginCheck() {}

    /** Adds Spring's check, which admits the page's own origin only, unless the application has one of its own. */
    static void addTo(WebSocketHttpRequestHandler endpoint) {
        List<HandshakeInterceptor> interceptors = new ArrayList<>(endpoint.getHandshakeInterceptors());
        boolean checked = interceptors.stream().anyMatch(OriginHandshakeInterceptor.class::isInstance)
                || (endpoint.getHandshakeHandler() instanceof AbstractHandshakeHandler handler && judges(handler));
        if (!checked) {
            interceptors.add(new OriginHandshakeInterceptor());
            endpoint.setHandshakeInterceptors(interceptors);
        }
    }

    /** {@return whether an application's handshake handler has a judgement of its own} Spring's admits everyone. */
    private static boolean judges(AbstractHandshakeHandler handler) {
        Method method = ReflectionUtils.findMethod(handler.getClass(), "isValidOrigin", ServerHttpRequest.class);
        return method != null && method.getDeclaringClass() != AbstractHandshakeHandler.class;
    }
}

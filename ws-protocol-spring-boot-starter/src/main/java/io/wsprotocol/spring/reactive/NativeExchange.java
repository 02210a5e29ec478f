package io.wsprotocol.spring.reactive;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;

/**
 * What the server itself made of an exchange, below Spring's types and the decorators of filters. Immutable.
 *
 * @param request the server's own request; null if it is not known
 * @param response the server's own response; null if it is not known
 * @since 0.1.0
 */
public record NativeExchange(
        @Nullable Object request, @Nullable Object response) {

    /**
     * {@return the server's part of an exchange}
     *
     * @param exchange the handshake's, perhaps wrapped by filters
     */
    public static NativeExchange of(ServerWebExchange exchange) {
        return new NativeExchange(requestOf(exchange), responseOf(exchange));
    }

    private static @Nullable Object requestOf(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        if (request instanceof AbstractServerHttpRequest springs) {
            return springs.getNativeRequest();
        }
        return request instanceof ServerHttpRequestDecorator
                ? ServerHttpRequestDecorator.getNativeRequest(request)
                : null;
    }

    private static @Nullable Object responseOf(ServerWebExchange exchange) {
        try {
            return ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
        } catch (IllegalArgumentException e) {
            // Not one of Spring's, such as a test's.
            return null;
        }
    }
}

package io.wsprotocol.spring.reactive.servlet;

import io.wsprotocol.spring.reactive.NativeExchange;
import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.ServletHandshake;
import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.TransportUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Takes connections over from a servlet container that carries WebFlux. The request is an asynchronous one there: the container gives its
 * connection away once WebFlux has completed it. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ServletContainerUpgrade implements ReactiveTransportUpgrade {

    private final TransportUpgrade container;

    /**
     * Makes one.
     *
     * @param container the same that Spring MVC's connections are taken over by
     */
    public ServletContainerUpgrade(TransportUpgrade container) {
        this.container = Objects.requireNonNull(container, "container");
    }

    @Override
    public String name() {
        return container.name();
    }

    @Override
    public boolean supports(ServerWebExchange exchange) {
        return NativeExchange.of(exchange).request() instanceof HttpServletRequest request
                && container.supports(request);
    }

    @Override
    public ServerHandshakes.Request request(ServerWebExchange exchange) {
        HttpServletRequest request = requestOf(exchange);
        return new ServletHandshake(request, container.extendedConnect(request));
    }

    @Override
    public Mono<Void> upgrade(ServerWebExchange exchange, Answer.Accepted answer, ShellStarter starter) {
        HttpServletRequest request = requestOf(exchange);
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        answer.headers().forEach(header -> response.getHeaders().set(header.name(), header.value()));
        // Runs what waits for the commit, such as saving the HTTP session, and hands the head to the container, which
        // keeps it.
        return response.setComplete().then(Mono.create(sink -> {
            try {
                container.upgrade(request, starter);
                sink.success();
            } catch (IOException | ServletException e) {
                sink.error(e);
            }
        }));
    }

    private static HttpServletRequest requestOf(ServerWebExchange exchange) {
        if (NativeExchange.of(exchange).request() instanceof HttpServletRequest request) {
            return request;
        }
        throw new IllegalArgumentException("not a request of a servlet container's");
    }
}

package io.wsprotocol.spring.test;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.spring.reactive.NativeExchange;
import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.ShellStarter;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Takes over the connections of requests to a WebFlux application that came in memory, and tells it who asks. Thread-safe. */
final class ReactiveInMemoryUpgrade implements ReactiveTransportUpgrade, WebFilter {

    @Override
    public String name() {
        return InMemoryTransport.NAME;
    }

    @Override
    public boolean supports(ServerWebExchange exchange) {
        return NativeExchange.of(exchange).request() instanceof ReactiveRequest;
    }

    @Override
    public ServerHandshakes.Request request(ServerWebExchange exchange) {
        return new MemoryHandshake(requestOf(exchange));
    }

    @Override
    public Mono<Void> upgrade(ServerWebExchange exchange, Answer.Accepted answer, ShellStarter starter) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        answer.headers().forEach(header -> response.getHeaders().set(header.name(), header.value()));
        // Runs what waits for the commit, such as saving the HTTP session.
        return response.setComplete()
                .then(Mono.fromRunnable(() -> requestOf(exchange).accepted(starter)));
    }

    /** The first of the filters: a container would know the user before all of them. */
    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Principal user =
                NativeExchange.of(exchange).request() instanceof ReactiveRequest request ? request.user() : null;
        return chain.filter(
                user == null
                        ? exchange
                        : exchange.mutate().principal(Mono.just(user)).build());
    }

    private static ReactiveRequest requestOf(ServerWebExchange exchange) {
        if (NativeExchange.of(exchange).request() instanceof ReactiveRequest request) {
            return request;
        }
        throw new IllegalArgumentException("not a request in memory");
    }

    /** A request in memory as the engine answers it. */
    private record MemoryHandshake(ReactiveRequest request) implements ServerHandshakes.Request {

        @Override
        public String method() {
            return request.getMethod().name();
        }

        @Override
        public String protocol() {
            return "HTTP/1.1";
        }

        @Override
        public boolean hasBody() {
            return false;
        }

        @Override
        public List<HttpHeader> headers() {
            List<HttpHeader> headers = new ArrayList<>();
            request.getHeaders()
                    .forEach((name, values) -> values.forEach(value -> headers.add(new HttpHeader(name, value))));
            return headers;
        }

        @Override
        public @Nullable String remoteAddress() {
            return null;
        }
    }
}

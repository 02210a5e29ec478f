package io.wsprotocol.spring.reactive;

import io.wsprotocol.HttpHeader;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ShellStarter;
import java.util.List;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Takes the connection of an accepted handshake over from a kind of reactive server. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ReactiveTransportUpgrade {

    /** {@return the name of its transports, such as {@code reactor netty}} */
    String name();

    /**
     * {@return whether the exchange came through a server whose connections this can take}
     *
     * @param exchange the handshake's, perhaps wrapped by filters
     */
    boolean supports(ServerWebExchange exchange);

    /**
     * {@return the request as the server parsed it}
     *
     * @param exchange one that is {@linkplain #supports supported}
     */
    ServerHandshakes.Request request(ServerWebExchange exchange);

    /**
     * Answers with 101 and takes the connection.
     *
     * @param exchange one that is {@linkplain #supports supported}
     * @param answer the headers that make the response an upgrade; those of the exchange go along
     * @param starter called with the transport once the answer is on its way; not called when the connection is gone by then
     * @return what the server waits for: it has the connection back, or what is left of it, when this is done
     */
    Mono<Void> upgrade(ServerWebExchange exchange, List<HttpHeader> answer, ShellStarter starter);
}

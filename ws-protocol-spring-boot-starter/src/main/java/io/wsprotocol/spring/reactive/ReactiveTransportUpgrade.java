package io.wsprotocol.spring.reactive;

import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.ShellStarter;
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
     * Answers, and takes the connection or the stream.
     *
     * @param exchange one that is {@linkplain #supports supported}
     * @param answer status and headers of the response; the headers of the exchange go along
     * @param starter called with the transport once the answer is on its way, perhaps behind the end of what is returned; not called when the
     *     connection is gone by then
     * @return what the server waits for; when it fails or is cancelled, the starter is of no use any more
     */
    Mono<Void> upgrade(ServerWebExchange exchange, Answer.Accepted answer, ShellStarter starter);
}

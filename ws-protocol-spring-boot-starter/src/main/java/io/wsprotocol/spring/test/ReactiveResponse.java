package io.wsprotocol.spring.test;

import java.util.List;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The head of what a WebFlux application answers to a request in memory; a body is thrown away. Confined to the exchange. */
final class ReactiveResponse extends AbstractServerHttpResponse {

    ReactiveResponse() {
        super(DefaultDataBufferFactory.sharedInstance);
    }

    /** {@return the status, 200 when the application set none} */
    int status() {
        HttpStatusCode status = getStatusCode();
        return status == null ? HttpStatus.OK.value() : status.value();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Spring declares it so.
    public <T> T getNativeResponse() {
        return (T) this;
    }

    @Override
    protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
        return Flux.from(body).doOnNext(DataBufferUtils::release).then();
    }

    @Override
    protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return Flux.from(body).concatMap(this::writeWithInternal).then();
    }

    /** It stays where it is. */
    @Override
    protected void applyStatusCode() {}

    /** They stay where they are. */
    @Override
    protected void applyHeaders() {}

    @Override
    protected void applyCookies() {
        getCookies().values().stream()
                .flatMap(List::stream)
                .forEach(cookie -> getHeaders().add(HttpHeaders.SET_COOKIE, cookie.toString()));
    }
}

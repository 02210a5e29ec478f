package io.wsprotocol.spring.test;

import io.wsprotocol.spring.server.ShellStarter;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import reactor.core.publisher.Flux;

/** A request to a WebFlux application that came in memory, and what becomes of it: it is its own native request. Thread-safe. */
final class ReactiveRequest extends AbstractServerHttpRequest {

    private final @Nullable Principal user;
    private volatile @Nullable ShellStarter starter;

    ReactiveRequest(InMemoryRequests.Request request, @Nullable Principal user) {
        super(request.method(), request.url(), null, request.headers());
        this.user = user;
    }

    /** {@return who asks; null for nobody} */
    @Nullable
    Principal user() {
        return user;
    }

    /** {@return what starts the connection; null when there was no upgrade} */
    @Nullable
    ShellStarter starter() {
        return starter;
    }

    /** The handshake is accepted. */
    void accepted(ShellStarter accepted) {
        starter = accepted;
    }

    @Override
    protected MultiValueMap<String, HttpCookie> initCookies() {
        MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>();
        for (String line : getHeaders().getOrEmpty(HttpHeaders.COOKIE)) {
            for (String cookie : StringUtils.tokenizeToStringArray(line, ";")) {
                int value = cookie.indexOf('=');
                if (value > 0) {
                    String name = cookie.substring(0, value);
                    cookies.add(name, new HttpCookie(name, cookie.substring(value + 1)));
                }
            }
        }
        return cookies;
    }

    @Override
    protected @Nullable SslInfo initSslInfo() {
        return null;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Spring declares it so.
    public <T> T getNativeRequest() {
        return (T) this;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return Flux.empty();
    }
}

package io.wsprotocol.spring.test;

import java.io.IOException;
import java.security.Principal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;

/** Requests to a WebFlux application: its filters and its {@code DispatcherHandler}. Thread-safe. */
final class ReactiveRequests implements InMemoryRequests {

    private final Supplier<HttpHandler> application;

    /** The application is asked for with the first request: its filters and endpoints need beans that know this one. */
    ReactiveRequests(Supplier<HttpHandler> application) {
        this.application = application;
    }

    @Override
    public Response perform(Request request, @Nullable Principal user) throws IOException {
        ReactiveRequest asked = new ReactiveRequest(request, user);
        ReactiveResponse response = new ReactiveResponse();
        try {
            application.get().handle(asked, response).block(FrameClient.PATIENCE);
        } catch (RuntimeException e) {
            throw new IOException("the application failed over the handshake", e);
        }
        return new Response(response.status(), response.getHeaders(), asked.starter());
    }
}

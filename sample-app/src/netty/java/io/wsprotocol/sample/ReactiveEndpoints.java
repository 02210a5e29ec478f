package io.wsprotocol.sample;

import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/** The WebSocket endpoint of the sample on WebFlux, mapped as in any Spring application: it sends back what it gets. */
@Configuration(proxyBeanMethods = false)
class ReactiveEndpoints {

    private static final String ECHO = "/echo";

    @Bean
    EndpointStatus endpointStatus() {
        return new EndpointStatus(ECHO);
    }

    @Bean
    SimpleUrlHandlerMapping endpoints(EndpointStatus status) {
        SimpleUrlHandlerMapping mapping = new SimpleUrlHandlerMapping(Map.of(ECHO, echo(status)), -1);
        // A test endpoint: conformance suites and clients of every origin may use it. An endpoint that does something
        // must not copy these lines.
        CorsConfiguration everybody = new CorsConfiguration();
        everybody.addAllowedOriginPattern("*");
        everybody.setAllowedMethods(List.of("GET", "CONNECT"));
        mapping.setCorsConfigurations(Map.of(ECHO, everybody));
        return mapping;
    }

    private static WebSocketHandler echo(EndpointStatus status) {
        return session -> {
            status.opened(ECHO, session);
            return session.send(session.receive().filter(ReactiveEndpoints::isData))
                    .doFinally(end -> status.closed(ECHO));
        };
    }

    /** Pongs are told, too. */
    private static boolean isData(WebSocketMessage message) {
        return message.getType() != WebSocketMessage.Type.PONG;
    }
}

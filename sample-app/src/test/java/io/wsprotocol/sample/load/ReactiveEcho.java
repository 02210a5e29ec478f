package io.wsprotocol.sample.load;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * The echo of the sample on WebFlux, with or without the engine. Messages are sent back as they are, as its users write it. It is no component,
 * so that the sample, whose package is above this one, does not find it.
 */
@EnableAutoConfiguration
public class ReactiveEcho {

    /**
     * Serves until the process ends.
     *
     * @param arguments properties
     */
    public static void main(String[] arguments) {
        SpringApplication.run(ReactiveEcho.class, arguments);
    }

    @Bean
    SimpleUrlHandlerMapping endpoints() {
        WebSocketHandler echo = session -> session.send(session.receive().map(WebSocketMessage::retain));
        return new SimpleUrlHandlerMapping(Map.of("/echo", echo), -1);
    }
}

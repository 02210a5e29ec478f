package io.wsprotocol.sample;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;

/** The WebSocket endpoints of the sample, registered as in any Spring application. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class WebSocketEndpoints {

    static final String ECHO = "/echo";
    static final String CHAT = "/chat";

    @Bean
    EndpointStatus endpointStatus() {
        return new EndpointStatus(ECHO, CHAT);
    }

    /**
     * Threads that carry chat messages to their readers: one for each member that has something waiting, none while the room is silent. No
     * queue in front of them, because a task behind a slow reader would be a message held up by somebody else's line.
     */
    @Bean
    ThreadPoolTaskExecutor chatExecutor() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadNamePrefix("chat-");
        executor.setQueueCapacity(0);
        executor.setCorePoolSize(0);
        executor.setKeepAliveSeconds(10);
        executor.setDaemon(true);
        return executor;
    }

    @Bean
    ChatRoom chatRoom(ThreadPoolTaskExecutor chatExecutor) {
        return new ChatRoom(chatExecutor);
    }

    @Bean
    WebSocketConfigurer endpoints(EndpointStatus status, ChatRoom room) {
        return registry -> register(registry, status, room);
    }

    private static void register(WebSocketHandlerRegistry registry, EndpointStatus status, ChatRoom room) {
        // A test endpoint: conformance suites and clients of every origin may use it. An endpoint that does something
        // must not copy this line.
        registry.addHandler(new EchoHandler(status), ECHO).setAllowedOriginPatterns("*");
        // No origins named: Spring then admits the page's own origin only.
        registry.addHandler(new ChatHandler(room, status), CHAT);
    }
}

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
    static final String BROADCAST = "/broadcast";

    private static final int MOST_DELIVERING = 256;

    @Bean
    EndpointStatus endpointStatus() {
        return new EndpointStatus(ECHO, CHAT, BROADCAST);
    }

    /**
     * Threads that carry messages to their readers, as many as readers may be slow at the same time; none while nobody says anything. A reader that
     * takes nothing keeps its thread until the send timeout ends the session.
     */
    @Bean
    ThreadPoolTaskExecutor deliveryExecutor() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setThreadNamePrefix("delivery-");
        executor.setCorePoolSize(MOST_DELIVERING);
        executor.setAllowCoreThreadTimeOut(true);
        executor.setKeepAliveSeconds(10);
        executor.setDaemon(true);
        return executor;
    }

    @Bean
    ChatRoom chatRoom(ThreadPoolTaskExecutor deliveryExecutor) {
        return new ChatRoom(deliveryExecutor);
    }

    @Bean
    BroadcastHandler broadcastHandler(ThreadPoolTaskExecutor deliveryExecutor, EndpointStatus status) {
        return new BroadcastHandler(deliveryExecutor, status);
    }

    @Bean
    WebSocketConfigurer endpoints(EndpointStatus status, ChatRoom room, BroadcastHandler broadcast) {
        return registry -> register(registry, status, room, broadcast);
    }

    private static void register(
            WebSocketHandlerRegistry registry, EndpointStatus status, ChatRoom room, BroadcastHandler broadcast) {
        // A test endpoint: conformance suites and clients of every origin may use it. An endpoint that does something
        // must not copy this line.
        registry.addHandler(new EchoHandler(status), ECHO).setAllowedOriginPatterns("*");
        // No origins named: Spring then admits the page's own origin only.
        registry.addHandler(new ChatHandler(room, status), CHAT);
        registry.addHandler(broadcast, BROADCAST);
    }
}

package io.wsprotocol.spring.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.wsprotocol.spring.PooledBufferSource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/**
 * An ordinary Spring Boot application with WebSocket endpoints on a random port, on Tomcat unless told otherwise. Nothing in it knows
 * of the engine.
 */
public final class EndpointServer implements AutoCloseable {

    /** Among the properties of a server, has it run on Jetty. */
    static final String ON_JETTY = "test.container=jetty";

    private static final String BOOT = "org.springframework.boot.";
    private static final Map<String, EndpointServer> SHARED = new ConcurrentHashMap<>();

    private final ConfigurableApplicationContext context;
    private final int port;

    private EndpointServer(ConfigurableApplicationContext context) {
        this.context = context;
        ServerLedger.watch(context);
        this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    public static EndpointServer start(String... properties) {
        return start(List.of(), properties);
    }

    /** With more of an application than the endpoints. */
    static EndpointServer start(List<Class<?>> more, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "server.port=0",
                "spring.main.banner-mode=off",
                "server.shutdown=immediate",
                "spring.jmx.enabled=false"));
        all.addAll(List.of(properties));
        all.add("spring.autoconfigure.exclude=" + String.join(",", other(all.contains(ON_JETTY) ? "Tomcat" : "Jetty")));
        return new EndpointServer(new SpringApplicationBuilder(Application.class)
                .sources(more.toArray(Class<?>[]::new))
                .properties(all.toArray(String[]::new))
                .run());
    }

    /**
     * The properties of a server.
     *
     * @param stack its container and its transport, such as {@code jetty native}
     */
    static String[] on(String stack, String... properties) {
        String[] words = stack.split(" ");
        List<String> all =
                new ArrayList<>(List.of("test.container=" + words[0], "ws-protocol.server.transport=" + words[1]));
        all.addAll(List.of(properties));
        return all.toArray(String[]::new);
    }

    /** Both containers are on the class path here, and Boot would take whichever it finds first. */
    private static List<String> other(String container) {
        String module = BOOT + container.toLowerCase(Locale.ROOT) + ".autoconfigure.";
        return List.of(
                module + "servlet." + container + "ServletWebServerAutoConfiguration",
                module + "actuate.web.server." + container + "ServletManagementContextAutoConfiguration");
    }

    /** {@return what to exclude for an application of the test's own on Tomcat, as one property} */
    public static String jettys() {
        return String.join(",", other("Jetty"));
    }

    /** One server for all tests that want these properties; it ends with the JVM. */
    public static EndpointServer shared(String... properties) {
        return shared(List.of(), properties);
    }

    /** As {@link #shared(String...)}, with more of an application than the endpoints. */
    static EndpointServer shared(List<Class<?>> more, String... properties) {
        return SHARED.computeIfAbsent(more + String.join(" ", properties), key -> start(more, properties));
    }

    public int port() {
        return port;
    }

    public MeterRegistry meters() {
        return bean(MeterRegistry.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    Recorder recorder() {
        return context.getBean(Recorder.class);
    }

    @Override
    public void close() {
        ServerLedger.forget(context);
        context.close();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableWebSocket
    static class Application implements WebSocketConfigurer {

        private final Recorder recorder = new Recorder();

        @Bean
        LedgerBufferSource ledgerBufferSource() {
            return new LedgerBufferSource(new PooledBufferSource(1 << 20));
        }

        @Bean
        Recorder recorder() {
            return recorder;
        }

        /** Logs in, and out. */
        @Bean
        ServletRegistrationBean<HttpServlet> login() {
            return new ServletRegistrationBean<>(
                    new HttpServlet() {
                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                            switch (request.getServletPath()) {
                                case "/login" -> request.getSession(true);
                                case "/renew" -> request.changeSessionId();
                                default -> request.getSession(false).invalidate();
                            }
                        }
                    },
                    "/login",
                    "/renew",
                    "/logout");
        }

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(new Echo(recorder, false), "/echo").setAllowedOriginPatterns("*");
            registry.addHandler(new Echo(recorder, true), "/partial");
            registry.addHandler(new Flood(recorder), "/flood");
            registry.addHandler(new Chat(recorder), "/chat");
            registry.addHandler(new Echo(recorder, false), "/same-origin");
            registry.addHandler(new Echo(recorder, false), "/sockjs").withSockJS();
            registry.addHandler(new Echo(recorder, false), "/excluded");
            registry.addHandler(new Echo(recorder, false), "/custom").setHandshakeHandler(new CustomHandshakeHandler());
        }
    }

    /** What handlers saw, by the session's query, so that tests do not see each other. */
    static final class Recorder {

        private final Map<String, BlockingQueue<String>> events = new ConcurrentHashMap<>();
        private final Map<String, WebSocketSession> sessions = new ConcurrentHashMap<>();

        void add(WebSocketSession session, String event) {
            sessions.put(key(session), session);
            queue(key(session)).add(event);
        }

        String next(String key) throws InterruptedException {
            String event = queue(key).poll(20, TimeUnit.SECONDS);
            return event == null ? "(nothing)" : event;
        }

        WebSocketSession session(String key) {
            return sessions.get(key);
        }

        boolean isQuiet(String key) {
            return queue(key).isEmpty();
        }

        private BlockingQueue<String> queue(String key) {
            return events.computeIfAbsent(key, any -> new LinkedBlockingQueue<>());
        }

        private static String key(WebSocketSession session) {
            return session.getUri() == null
                    ? ""
                    : String.valueOf(session.getUri().getQuery());
        }
    }

    /** Echoes, and does what some texts tell it. */
    static class Echo extends AbstractWebSocketHandler {

        private final Recorder recorder;
        private final boolean partial;

        Echo(Recorder recorder, boolean partial) {
            this.recorder = recorder;
            this.partial = partial;
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession session) {
            recorder.add(session, "established");
        }

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
            switch (message.getPayload()) {
                case "throw" -> throw new IllegalStateException("asked for");
                case "close" -> session.close(new CloseStatus(4001, "asked for"));
                case "close without status" -> session.close(new CloseStatus(1005));
                case "ping" -> session.sendMessage(new org.springframework.web.socket.PingMessage());
                case "halves" -> {
                    session.sendMessage(new TextMessage("a\uD83D", false));
                    session.sendMessage(new TextMessage("\uDE00b", true));
                }
                case "limit" -> session.setTextMessageSizeLimit(10);
                case "who" -> session.sendMessage(new TextMessage(describe(session)));
                default -> session.sendMessage(message);
            }
        }

        @Override
        protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws Exception {
            session.sendMessage(message);
        }

        @Override
        protected void handlePongMessage(WebSocketSession session, PongMessage message) {
            recorder.add(session, "pong " + message.getPayloadLength());
        }

        @Override
        public void handleTransportError(WebSocketSession session, Throwable exception) {
            recorder.add(session, "error");
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
            recorder.add(session, "closed " + status.getCode());
        }

        @Override
        public boolean supportsPartialMessages() {
            return partial;
        }

        private static String describe(WebSocketSession session) {
            return session.getClass().getSimpleName() + " " + session.getId().length() + " "
                    + session.getAttributes().get("custom") + " " + session.getAcceptedProtocol() + " "
                    + (session.getRemoteAddress() != null) + " "
                    + session.getHandshakeHeaders().getFirst("Host") + " "
                    + (session.getPrincipal() == null
                            ? "nobody"
                            : session.getPrincipal().getName());
        }
    }

    /** Sends as much as it is told to: "count size". */
    static final class Flood extends Echo {

        private final Recorder recorder;

        Flood(Recorder recorder) {
            super(recorder, false);
            this.recorder = recorder;
        }

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) {
            String[] words = message.getPayload().split(" ");
            byte[] payload = new byte[Integer.parseInt(words[1])];
            try {
                for (int i = 0; i < Integer.parseInt(words[0]); i++) {
                    payload[0] = (byte) i;
                    session.sendMessage(new BinaryMessage(payload));
                }
                recorder.add(session, "flooded");
            } catch (Exception e) {
                recorder.add(session, e.getClass().getSimpleName());
            }
        }
    }

    /** Speaks two sub-protocols. */
    static final class Chat extends Echo implements SubProtocolCapable {

        Chat(Recorder recorder) {
            super(recorder, false);
        }

        @Override
        public List<String> getSubProtocols() {
            return List.of("chat", "superchat");
        }
    }

    /** What applications write to know their users. */
    static final class CustomHandshakeHandler extends DefaultHandshakeHandler {

        @Override
        protected java.security.Principal determineUser(
                ServerHttpRequest request, WebSocketHandler wsHandler, Map<String, Object> attributes) {
            attributes.put("custom", "yes");
            return () -> "somebody";
        }
    }
}

package io.wsprotocol.spring.server.jakarta;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Encoder;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;

/** An ordinary application with endpoints of Jakarta WebSocket in every form. Nothing in it knows of the engine. */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableWebSocket
class JakartaApplication {

    static final Map<String, BlockingQueue<String>> EVENTS = new ConcurrentHashMap<>();

    static BlockingQueue<String> events(String key) {
        return EVENTS.computeIfAbsent(key, any -> new LinkedBlockingQueue<>());
    }

    private static void note(Session session, String event) {
        events(String.valueOf(session.getQueryString())).add(event);
    }

    @Bean
    ServerEndpointExporter serverEndpointExporter() {
        ServerEndpointExporter exporter = new ServerEndpointExporter();
        exporter.setAnnotatedEndpointClasses(
                Texts.class,
                Streams.class,
                Parts.class,
                Objects.class,
                Numbers.class,
                Room.class,
                MainRoom.class,
                Small.class,
                AnyOrigin.class,
                Excluded.class);
        return exporter;
    }

    @Bean
    ServerEndpointConfig programmatic() {
        return ServerEndpointConfig.Builder.create(Programmatic.class, "/programmatic")
                .build();
    }

    /** An endpoint that was never deployed. */
    private static void upgrade(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        ServerContainer container =
                (ServerContainer) request.getServletContext().getAttribute(ServerContainer.class.getName());
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Made.class, request.getServletPath())
                .build();
        try {
            container.upgradeHttpToWebSocket(request, response, config, Map.of("by", "hand"));
        } catch (DeploymentException e) {
            throw new ServletException(e);
        }
    }

    /** A login: whoever has an HTTP session is somebody. */
    @Bean
    HttpFilter login() {
        return new HttpFilter() {
            @Override
            protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws IOException, ServletException {
                switch (request.getServletPath()) {
                    case "/login" -> request.getSession(true);
                    case "/logout" -> request.getSession(false).invalidate();
                    case "/made/by-hand", "/made/as-well" -> upgrade(request, response);
                    default ->
                        chain.doFilter(
                                new HttpServletRequestWrapper(request) {
                                    @Override
                                    public Principal getUserPrincipal() {
                                        return request.getSession(false) == null ? null : () -> "somebody";
                                    }
                                },
                                response);
                }
            }
        };
    }

    /** Whole text, binary and pongs; does what some texts tell it. */
    @ServerEndpoint(
            value = "/texts",
            subprotocols = {"chat", "superchat"},
            configurator = Greeting.class)
    public static class Texts {

        @OnOpen
        public void opened(Session session, EndpointConfig config) {
            note(session, "open " + config.getUserProperties().get("greeting"));
        }

        @OnMessage
        public String text(String message, Session session) throws Exception {
            switch (message) {
                case "throw" -> throw new IllegalStateException("asked for");
                case "close" -> session.close(new CloseReason(() -> 4001, "asked for"));
                case "ping" -> session.getBasicRemote().sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                case "parts" -> {
                    session.getBasicRemote().sendText("one ", false);
                    session.getBasicRemote().sendText("message", true);
                }
                case "halves" -> {
                    session.getBasicRemote().sendText("a\uD83D", false);
                    session.getBasicRemote().sendText("\uDE00b", true);
                }
                case "stream" -> {
                    try (OutputStream stream = session.getBasicRemote().getSendStream()) {
                        stream.write(new byte[] {1, 2, 3});
                    }
                }
                case "writer" -> {
                    try (Writer writer = session.getBasicRemote().getSendWriter()) {
                        writer.write("written");
                    }
                }
                // Waits: a second asynchronous message before the first is done is too much for stock Tomcat.
                case "future" -> session.getAsyncRemote().sendText("in future").get();
                case "handler" ->
                    session.getAsyncRemote().sendText("told", result -> note(session, "sent " + result.isOK()));
                case "flood" -> {
                    AtomicBoolean failed = new AtomicBoolean();
                    for (int i = 0; i < 1000 && !failed.get(); i++) {
                        session.getAsyncRemote().sendBinary(ByteBuffer.allocate(64 << 10), result -> {
                            if (!result.isOK() && failed.compareAndSet(false, true)) {
                                note(session, "full");
                            }
                        });
                    }
                }
                case "who" -> {
                    return session.getNegotiatedSubprotocol() + " "
                            + session.getRequestURI().getPath() + " "
                            + session.getRequestParameterMap() + " " + session.getProtocolVersion() + " "
                            + session.isOpen() + " " + session.isSecure() + " "
                            + session.getOpenSessions().contains(session);
                }
                case "handshake" -> {
                    HandshakeRequest request =
                            (HandshakeRequest) session.getUserProperties().get("request");
                    String id = ((HttpSession) request.getHttpSession()).getId();
                    try {
                        return id + " " + request.isUserInRole("any");
                    } catch (IllegalStateException e) {
                        return id;
                    }
                }
                default -> {
                    return message;
                }
            }
            return null;
        }

        @OnMessage
        public byte[] binary(byte[] message) {
            return message;
        }

        @OnMessage
        public void pong(PongMessage pong, Session session) {
            note(session, "pong " + pong.getApplicationData().remaining());
        }

        @OnError
        public void failed(Session session, Throwable failure) {
            note(session, "error " + failure.getMessage());
        }

        @OnClose
        public void closed(Session session, CloseReason reason) {
            note(session, "closed " + reason.getCloseCode().getCode());
        }
    }

    /** Changes the handshake. */
    public static class Greeting extends ServerEndpointConfig.Configurator {

        @Override
        public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
            response.getHeaders().put("X-Greeting", List.of("hello"));
            config.getUserProperties().put("greeting", "hello");
            config.getUserProperties().put("request", request);
        }
    }

    /** Whole messages as streams. */
    @ServerEndpoint("/streams")
    public static class Streams {

        @OnMessage
        public String text(Reader message) throws IOException {
            StringWriter writer = new StringWriter();
            message.transferTo(writer);
            return writer.toString();
        }

        @OnMessage
        public ByteBuffer binary(InputStream message) throws IOException {
            return ByteBuffer.wrap(message.readAllBytes());
        }
    }

    /** Parts. */
    @ServerEndpoint("/parts")
    public static class Parts {

        private int text;
        private int binary;

        @OnMessage
        public void text(String part, boolean last, Session session) throws IOException {
            text += part.length();
            if (last) {
                session.getBasicRemote().sendText("text " + text);
                text = 0;
            }
        }

        @OnMessage
        public void binary(Session session, ByteBuffer part, boolean last) throws IOException {
            binary += part.remaining();
            if (last) {
                session.getBasicRemote().sendText("binary " + binary);
                binary = 0;
            }
        }
    }

    /** A point. */
    record Point(int x, int y) {}

    /** Reads a point. */
    public static class PointDecoder implements Decoder.Text<Point> {

        @Override
        public Point decode(String text) throws DecodeException {
            try {
                String[] parts = text.split(",", -1);
                return new Point(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
            } catch (RuntimeException e) {
                throw new DecodeException(text, "no point", e);
            }
        }

        @Override
        public boolean willDecode(String text) {
            return true;
        }
    }

    /** Reads a point of two bytes. */
    public static class PointStreamDecoder implements Decoder.BinaryStream<byte[][]> {

        @Override
        public byte[][] decode(InputStream stream) throws IOException {
            return new byte[][] {stream.readAllBytes()};
        }
    }

    /** Writes a point. */
    public static class PointEncoder implements Encoder.Text<Point> {

        @Override
        public String encode(Point point) {
            return point.x() + "," + point.y();
        }
    }

    /** Decoded and encoded. */
    @ServerEndpoint(
            value = "/objects",
            decoders = {PointDecoder.class, PointStreamDecoder.class},
            encoders = PointEncoder.class)
    public static class Objects {

        @OnMessage
        public Point mirror(Point point) {
            return new Point(point.y(), point.x());
        }

        @OnMessage
        public String bytes(byte[][] bytes) {
            return "bytes " + bytes[0].length;
        }

        @OnError
        public void failed(Session session, Throwable failure) throws IOException {
            session.getBasicRemote().sendText(failure.getClass().getSimpleName());
        }
    }

    /** A primitive. */
    @ServerEndpoint("/numbers/{factor}")
    public static class Numbers {

        @OnMessage
        public int times(@PathParam("factor") int factor, int number) {
            return factor * number;
        }
    }

    /** A path with variables. */
    @ServerEndpoint("/rooms/{room}/{user}")
    public static class Room {

        @OnOpen
        public void opened(Session session, @PathParam("room") String room, @PathParam("user") String user)
                throws IOException {
            session.getBasicRemote()
                    .sendText(room + " " + user + " "
                            + session.getPathParameters().size());
        }
    }

    /** A path that has precedence. */
    @ServerEndpoint("/rooms/main/{user}")
    public static class MainRoom {

        @OnOpen
        public void opened(Session session, @PathParam("user") String user) throws IOException {
            session.getBasicRemote().sendText("the main room, " + user);
        }
    }

    /** Says how many are with it. */
    public static class Made extends Endpoint {

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(
                    String.class,
                    text -> session.getAsyncRemote()
                            .sendText(text + " " + session.getPathParameters().get("by") + " "
                                    + session.getOpenSessions().size()));
        }
    }

    /** Takes short messages. */
    @ServerEndpoint("/small")
    public static class Small {

        @OnMessage(maxMessageSize = 10)
        public String text(String message) {
            return message;
        }

        @OnMessage
        public void binary(byte[] message, Session session) {
            session.setMaxIdleTimeout(1);
        }
    }

    /** Whoever comes is welcome. */
    @ServerEndpoint(value = "/any-origin", configurator = Welcoming.class)
    public static class AnyOrigin {

        @OnMessage
        public String text(String message) {
            return message;
        }
    }

    /** Says so. */
    public static class Welcoming extends ServerEndpointConfig.Configurator {

        @Override
        public boolean checkOrigin(String origin) {
            return true;
        }
    }

    /** Stays with the container in one test. */
    @ServerEndpoint("/excluded")
    public static class Excluded {

        @OnMessage
        public String text(String message, Session session) {
            return session.getClass().getPackageName();
        }
    }

    /** Adds its handlers itself. */
    public static class Programmatic extends Endpoint {

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(new MessageHandler.Whole<String>() {
                @Override
                public void onMessage(String message) {
                    session.getAsyncRemote().sendObject(message.length());
                }
            });
            session.addMessageHandler(
                    ByteBuffer.class, (part, last) -> note(session, StandardCharsets.UTF_8.decode(part) + " " + last));
        }
    }
}

package io.wsprotocol.sample.load;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.sample.SampleApplication;
import io.wsprotocol.sample.process.ServerProcess;
import io.wsprotocol.spring.WebSocketHandleFactory;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is compared: servers, each in a JVM of its own with the same flags. Immutable. */
enum Stack {
    /** The sample on the engine, on Tomcat's own I/O. */
    ENGINE("engine, native", true, List.of()),
    /** The same without meters. */
    ENGINE_UNMETERED("engine, no meters", true, List.of("--ws-protocol.metrics.enabled=false")),
    /** The sample on the engine, on the Servlet API. */
    ENGINE_SERVLET("engine, servlet", true, List.of("--ws-protocol.server.transport=servlet")),
    /** The sample without the starter: Spring on Tomcat's own WebSocket support, with buffers for the messages of the table. */
    STOCK(
            "stock Spring",
            false,
            List.of(
                    "--server.servlet.context-parameters.org.apache.tomcat.websocket.textBufferSize=65536",
                    "--server.servlet.context-parameters.org.apache.tomcat.websocket.binaryBufferSize=65536")),
    /** The same with the buffers that Tomcat has by itself: messages of 8 KiB at most. */
    STOCK_SMALL("stock Spring, 8 KiB", false, List.of()),
    /** The sample on the engine, on Jetty. */
    JETTY("engine, Jetty", true, List.of()),
    /** The sample without the starter: Spring on Jetty's own WebSocket support. */
    JETTY_STOCK("stock Spring, Jetty", false, List.of()),
    /** {@link ReactiveEcho} on the engine, on Reactor Netty. */
    REACTIVE("engine, Reactor Netty", true, List.of()),
    /** {@link ReactiveEcho} on what WebFlux has by itself. */
    REACTIVE_STOCK("stock WebFlux", false, List.of()),
    /** {@link NettyEcho}. */
    NETTY("Netty", true, List.of());

    /* The parts of the class path that only one kind of server has: one command runs all, so it has all of them. */
    private static final Pattern TOMCAT_ONLY = Pattern.compile("tomcat-embed-(core|websocket)|spring-boot-tomcat");
    private static final Pattern JETTY_ONLY =
            Pattern.compile("/org/eclipse/jetty/|spring-boot-jetty|/jakarta/(servlet|websocket)/");
    private static final Pattern REACTIVE_ONLY =
            Pattern.compile("spring-boot-(webflux|reactor-netty)|reactor-netty-http");
    private static final Pattern SERVLET_ONLY =
            Pattern.compile("spring-(boot-)?(webmvc|websocket)|spring-boot-servlet");
    private static final List<String> JVM = List.of("-Xms256m", "-Xmx4g");

    private final String title;
    private final boolean engine;
    private final List<String> arguments;

    Stack(String title, boolean engine, List<String> arguments) {
        this.title = title;
        this.engine = engine;
        this.arguments = arguments;
    }

    String title() {
        return title;
    }

    ServerProcess start() throws IOException {
        if (this == NETTY) {
            return ServerProcess.start(
                    System.getProperty("java.class.path"), JVM, NettyEcho.class.getName(), List.of());
        }
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.tomcat.max-connections=20000",
                // The clients answer no pings, and one address brings all of them.
                "--ws-protocol.keepalive.mode=off",
                "--ws-protocol.idle-timeout=off",
                "--ws-protocol.limits.max-sessions=unlimited",
                // The sample shows all meters that there are; an application has these by default.
                "--ws-protocol.metrics.receive-wait=false",
                "--ws-protocol.metrics.message-size=false"));
        all.addAll(arguments);
        return ServerProcess.start(
                classPath(), JVM, (reactive() ? ReactiveEcho.class : SampleApplication.class).getName(), all);
    }

    private boolean jetty() {
        return this == JETTY || this == JETTY_STOCK;
    }

    private boolean reactive() {
        return this == REACTIVE || this == REACTIVE_STOCK;
    }

    private String classPath() {
        String path = engine
                ? System.getProperty("java.class.path")
                : ServerProcess.classPathWithout(WebSocketHandle.class, WebSocketHandleFactory.class);
        List<Pattern> foreign = reactive()
                ? List.of(TOMCAT_ONLY, JETTY_ONLY, SERVLET_ONLY)
                : List.of(jetty() ? TOMCAT_ONLY : JETTY_ONLY, REACTIVE_ONLY);
        return Stream.of(path.split(File.pathSeparator))
                .filter(entry ->
                        foreign.stream().noneMatch(only -> only.matcher(entry).find()))
                .collect(Collectors.joining(File.pathSeparator));
    }
}

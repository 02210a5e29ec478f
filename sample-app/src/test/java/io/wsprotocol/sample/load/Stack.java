package io.wsprotocol.sample.load;

import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.sample.SampleApplication;
import io.wsprotocol.sample.process.ServerProcess;
import io.wsprotocol.spring.WebSocketHandleFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
    /** {@link NettyEcho}. */
    NETTY("Netty", true, List.of());

    private static final List<String> JVM = List.of("-Xms256m", "-Xmx2g");

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
        String classPath = engine
                ? System.getProperty("java.class.path")
                : ServerProcess.classPathWithout(WebSocketHandle.class, WebSocketHandleFactory.class);
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.tomcat.max-connections=20000",
                // The clients answer no pings, and one address brings all of them.
                "--ws-protocol.keepalive.mode=off",
                "--ws-protocol.idle-timeout=off",
                "--ws-protocol.limits.max-sessions=unlimited"));
        all.addAll(arguments);
        return ServerProcess.start(classPath, JVM, SampleApplication.class.getName(), all);
    }
}

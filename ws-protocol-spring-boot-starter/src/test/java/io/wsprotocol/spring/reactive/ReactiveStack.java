package io.wsprotocol.spring.reactive;

import io.wsprotocol.spring.server.Http2Client;
import io.wsprotocol.spring.server.RawClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.SocketFactory;
import org.eclipse.jetty.http.HttpFields;

/** A server that carries WebFlux, and the version of HTTP that clients speak to it. */
enum ReactiveStack {
    REACTOR_NETTY("Netty", "reactor netty", false),
    REACTOR_NETTY_HTTP2("Netty", "reactor netty http/2", true),
    TOMCAT("Tomcat", "tomcat native", false),
    JETTY("Jetty", "jetty native", false),
    JETTY_HTTP2("Jetty", "jetty http/2", true);

    private static final String BOOT = "org.springframework.boot.";

    private final String server;
    private final String transport;
    private final boolean http2;

    ReactiveStack(String server, String transport, boolean http2) {
        this.server = server;
        this.transport = transport;
        this.http2 = http2;
    }

    /** What its connections call themselves. */
    String transport() {
        return transport;
    }

    boolean http2() {
        return http2;
    }

    /** Whether handlers run where nobody may block. */
    boolean runsHandlersOnEventLoop() {
        return server.equals("Netty");
    }

    /** The names of its threads have this in them. */
    String threads() {
        return server.equals("Netty") ? "-http-" : server.equals("Tomcat") ? "http-nio-" : "qtp";
    }

    /** The first of the transports that the engine's strategy has there. */
    String preferredTransport() {
        return transport.replace("jetty http/2", "jetty native").replace(" http/2", "");
    }

    ReactiveServer start(String... properties) {
        return ReactiveServer.start(this, properties);
    }

    ReactiveServer shared(String... properties) {
        return ReactiveServer.shared(this, properties);
    }

    RawClient open(ReactiveServer on, String path) throws Exception {
        return open(on, path, false);
    }

    RawClient open(ReactiveServer on, String path, boolean tls, String... fields) throws Exception {
        if (http2) {
            HttpFields.Mutable all = Http2Client.fields();
            for (int i = 0; i < fields.length; i += 2) {
                all.add(fields[i], fields[i + 1]);
            }
            return Http2Client.openAlone(on.port(), tls, path, all);
        }
        String[] lines = new String[fields.length / 2];
        Arrays.setAll(lines, i -> fields[2 * i] + ": " + fields[2 * i + 1] + "\r\n");
        SocketFactory sockets = tls ? io.wsprotocol.spring.server.TrustAnyone.sockets() : SocketFactory.getDefault();
        RawClient client = new RawClient(sockets, on.port(), 0);
        client.shakeHands(path, lines);
        return client;
    }

    /** What makes Boot take this server of all on the class path of the tests. */
    List<String> properties() {
        List<String> others = new ArrayList<>();
        for (String name : List.of("Netty", "Tomcat", "Jetty")) {
            if (!name.equals(server)) {
                String module = name.equals("Netty") ? "reactor.netty" : name.toLowerCase(Locale.ROOT);
                String reactive = name.equals("Netty") ? "" : "reactive.";
                others.add(BOOT + module + ".autoconfigure." + reactive + name + "ReactiveWebServerAutoConfiguration");
                others.add(BOOT + module + ".autoconfigure.actuate.web.server." + name
                        + "ReactiveManagementContextAutoConfiguration");
            }
        }
        return List.of("server.http2.enabled=" + http2, "spring.autoconfigure.exclude=" + String.join(",", others));
    }
}

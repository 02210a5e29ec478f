package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins, on endpoints registered in every way that Spring has: nobody is let in who was not named. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class OriginTests {

    private static final List<String> FOREIGN = List.of(
            "http://evil.example",
            "https://localhost",
            "http://localhost:81",
            "http://sub.localhost",
            "http://localhost.evil.example",
            "http://evil.example#localhost",
            "http://localhost@evil.example",
            "http://127.0.0.1",
            "http://[::1]",
            "file://",
            "chrome-extension://localhost",
            "null",
            "*",
            "//localhost",
            "localhost");

    private static final AtomicInteger SESSIONS = new AtomicInteger();

    @Parameter
    String stack;

    private String answerTo(String path, String... headers) throws IOException {
        EndpointServer server = EndpointServer.shared(
                List.of(MessagingApplication.class), EndpointServer.on(stack, MessagingApplication.GRAPHQL));
        try (RawClient client = new RawClient(SocketFactory.getDefault(), server.port(), 0)) {
            // SockJS takes the id of a session once.
            String fresh = path.replace("{session}", "session" + SESSIONS.incrementAndGet());
            client.write(RawClient.request(fresh, headers).getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead().substring(0, "HTTP/1.1 101".length());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/same-origin",
                "/custom",
                "/named",
                "/wired",
                "/sockjs/websocket",
                "/sockjs/000/{session}/websocket",
                "/stomp",
                "/stomp-sockjs/websocket",
                "/stomp-sockjs/000/{session}/websocket",
                "/graphql"
            })
    @Tag("R6455-S-18-")
    void onlyThePagesOwnOriginIsAdmittedUnlessOthersAreNamed(String path) throws Exception {
        assertThat(answerTo(path)).as("no browser").isEqualTo("HTTP/1.1 101");
        assertThat(answerTo(path, "Origin: http://localhost\r\n")).isEqualTo("HTTP/1.1 101");
        SoftAssertions all = new SoftAssertions();
        for (String origin : FOREIGN) {
            all.assertThat(answerTo(path, "Origin: " + origin + "\r\n"))
                    .as(origin)
                    .isEqualTo("HTTP/1.1 403");
        }
        all.assertThat(answerTo(path, "Origin: http://evil.example\r\n", "Cookie: JSESSIONID=1\r\n"))
                .isEqualTo("HTTP/1.1 403");
        all.assertAll();
    }

    @Test
    void anOriginThatWasNamedIsAdmitted() throws Exception {
        assertThat(answerTo("/echo", "Origin: http://elsewhere.example\r\n")).isEqualTo("HTTP/1.1 101");
    }
}

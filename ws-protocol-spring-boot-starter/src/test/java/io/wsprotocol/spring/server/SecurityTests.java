package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** STOMP endpoints behind Spring Security, over each transport of each container. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class SecurityTests {

    private static final String LOGIN = "Authorization: Basic "
            + Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.US_ASCII)) + "\r\n";

    @Parameter
    String stack;

    private EndpointServer server() {
        return EndpointServer.shared(
                List.of(SecuredApplication.class), EndpointServer.on(stack, MessagingApplication.GRAPHQL));
    }

    private RawClient connect() throws IOException {
        return new RawClient(SocketFactory.getDefault(), server().port(), 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/stomp",
                "/stomp/",
                "/stomp;x=y",
                "/stomp?x=/public",
                "/%73tomp",
                "//stomp",
                "/./stomp",
                "/x/../stomp",
                "/stomp%2f",
                "/STOMP",
                "/stomp.json",
                "/stomp-sockjs/websocket",
                "/stomp-sockjs/000/stranger/websocket",
                "/graphql",
                "/wired",
                "/echo"
            })
    void nobodyPassesWithoutALoginWhateverTheSpellingOfThePath(String path) throws Exception {
        try (RawClient client = connect()) {
            client.write(RawClient.request(path).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.readHead()).startsWith("HTTP/1.1 4");
        }
        try (RawClient client = connect()) {
            String wrong = "Authorization: Basic YWxpY2U6d3Jvbmc=\r\n";
            client.write(RawClient.request(path, wrong).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(client.readHead()).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void theLoginIsTheUserOfTheSessionAndOfItsMessages() throws Exception {
        try (RawClient raw = connect()) {
            raw.shakeHands("/stomp", LOGIN);
            StompClient client = new StompClient(raw, false);
            assertThat(client.connect("")).startsWith("CONNECTED\n").contains("user-name:alice");
            client.send("SUBSCRIBE", "id:0\ndestination:/user/queue/who", "");
            client.send("SEND", "destination:/app/who", "");
            assertThat(client.read()).startsWith("MESSAGE\n").endsWith("\n\nyou are alice");
        }
    }

    @Test
    void aMessageThatTheRulesForbidReachesNobody() throws Exception {
        try (RawClient raw = connect()) {
            raw.shakeHands("/stomp", LOGIN);
            StompClient client = new StompClient(raw, false);
            client.connect("");
            client.send("SUBSCRIBE", "id:0\ndestination:/user/queue/who", "");
            client.send("SEND", "destination:/app/admin", "");
            client.send("SEND", "destination:/app/who", "");
            // In the order of the frames, so the other answer would have come before.
            assertThat(client.read()).endsWith("\n\nyou are alice");
        }
    }

    @Test
    void theEndpointsRunOnTheEngine() {
        assertThat(server().bean(WsProtocolEndpointInstaller.class).decisions())
                .extracting(EndpointInstaller.Decision::path, EndpointInstaller.Decision::moved)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("/stomp", true),
                        org.assertj.core.groups.Tuple.tuple("/graphql", true),
                        org.assertj.core.groups.Tuple.tuple("/wired", true));
    }
}

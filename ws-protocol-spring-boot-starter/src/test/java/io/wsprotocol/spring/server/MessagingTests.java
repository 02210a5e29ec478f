package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** STOMP with Spring's own broker, bare and over SockJS, and GraphQL, over each transport of each container. */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native", "jetty http/2"})
class MessagingTests {

    private static final String STREAM = "jetty http/2";

    @Parameter
    String stack;

    private EndpointServer server() {
        boolean stream = stack.equals(STREAM);
        String[] properties = Arrays.copyOf(MessagingApplication.GRAPHQL, MessagingApplication.GRAPHQL.length + 1);
        properties[properties.length - 1] = "server.http2.enabled=" + stream;
        return EndpointServer.shared(
                List.of(MessagingApplication.class), EndpointServer.on(stream ? "jetty native" : stack, properties));
    }

    private RawClient open(String path, String subprotocol) throws Exception {
        return open(path, subprotocol, 0);
    }

    private RawClient open(String path, String subprotocol, int receiveBufferBytes) throws Exception {
        if (stack.equals(STREAM)) {
            return Http2Client.openAlone(
                    server().port(), false, path, Http2Client.fields().add("sec-websocket-protocol", subprotocol));
        }
        RawClient client = new RawClient(SocketFactory.getDefault(), server().port(), receiveBufferBytes);
        assertThat(client.shakeHands(path, "Sec-WebSocket-Protocol: " + subprotocol + "\r\n"))
                .contains(path.contains("sockjs") ? "" : "Sec-WebSocket-Protocol: " + subprotocol);
        return client;
    }

    private StompClient stomp(String path) throws Exception {
        return new StompClient(open(path, "v12.stomp"), path.contains("/000/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stomp", "/stomp-sockjs/websocket", "/stomp-sockjs/000/abcdefgh/websocket"})
    void whatOneSubscriberSendsReachesTheOthers(String path) throws Exception {
        if (stack.equals(STREAM) && path.contains("/000/")) {
            // Spring's SockJS asks for GET, and RFC 8441 for CONNECT.
            assertThatThrownBy(() -> stomp(path)).hasMessageContaining("405");
            return;
        }
        String topic = "/topic/" + path.length() + stack.replace(' ', '-');
        try (StompClient one = stomp(path);
                StompClient two = stomp(path.replace("abcdefgh", "ijklmnop"))) {
            assertThat(one.connect("\nheart-beat:0,0"))
                    .startsWith("CONNECTED\n")
                    .contains("version:1.2");
            assertThat(two.connect("")).startsWith("CONNECTED\n");
            one.subscribe(topic);

            two.send("SEND", "destination:" + topic + "\ncontent-type:text/plain", "hello");

            assertThat(one.read())
                    .startsWith("MESSAGE\n")
                    .contains("destination:" + topic + "\n")
                    .endsWith("\n\nhello");
            one.send("DISCONNECT", "receipt:bye", "");
            assertThat(one.read()).startsWith("RECEIPT\n").contains("receipt-id:bye");
        }
    }

    @Test
    void theMessageSizeLimitOfTheTransportRegistrationHoldsBelowTheEnginesOwn() throws Exception {
        String topic = "/topic/large" + stack.length();
        try (StompClient client = stomp("/stomp")) {
            client.connect("");
            client.subscribe(topic);
            String large = "x".repeat(MessagingApplication.STOMP_LIMIT - 1_000);
            client.send("SEND", "destination:" + topic, large);
            assertThat(client.read()).endsWith("\n\n" + large);
        }
        // Where an answer is only just on its way, Spring's decorator may close before the ERROR that waits behind it:
        // so this one asked nothing.
        try (StompClient client = stomp("/stomp")) {
            client.sendRaw("SEND\ndestination:" + topic + "\n\n" + "y".repeat(MessagingApplication.STOMP_LIMIT));
            assertThat(client.read()).startsWith("ERROR\n");
            assertThat(client.readFrame().closeStatus()).isEqualTo(1002);
        }
    }

    /** Spring sends through a ConcurrentWebSocketSessionDecorator, whose limit of time is two seconds here. */
    @Test
    void aSubscriberThatDoesNotReadEndsWith4500WhileOthersGoOn() throws Exception {
        String key = "slow" + stack.replace(' ', '-').replace('/', '-');
        String topic = "/topic/" + key;
        AtomicBoolean over = new AtomicBoolean();
        try (StompClient slow = new StompClient(open("/stomp?" + key, "v12.stomp", 4 * 1024), false);
                StompClient reader = stomp("/stomp");
                StompClient sender = stomp("/stomp")) {
            slow.connect("");
            slow.subscribe(topic);
            reader.connect("");
            reader.subscribe(topic + "-reader");
            sender.connect("");
            CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> {
                String body = "x".repeat(60_000);
                try {
                    while (!over.get()) {
                        sender.send("SEND", "destination:" + topic, body);
                    }
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            EndpointServer.Recorder recorder = server().recorder();
            assertThat(recorder.next(key)).isEqualTo("established");
            assertThat(recorder.next(key)).isEqualTo("closed 4500");
            over.set(true);
            flood.get(20, TimeUnit.SECONDS);
            sender.send("SEND", "destination:" + topic + "-reader", "still here");
            assertThat(reader.read()).endsWith("\n\nstill here");
        }
    }

    @Test
    void graphQlQueriesAndSubscriptionsAreAnswered() throws Exception {
        try (RawClient client = open("/graphql", "graphql-transport-ws")) {
            client.sendText("{\"type\":\"connection_init\",\"payload\":{}}");
            assertThat(client.readMessage().text()).contains("\"connection_ack\"");
            client.sendText("{\"id\":\"1\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{ greeting }\"}}");
            assertThat(client.readMessage().text()).contains("\"next\"", "\"greeting\":\"hello\"");
            assertThat(client.readMessage().text()).contains("\"complete\"");
            client.sendText("{\"id\":\"2\",\"type\":\"subscribe\",\"payload\":{\"query\":\"subscription { count }\"}}");
            for (int i = 1; i <= 3; i++) {
                assertThat(client.readMessage().text()).contains("\"next\"", "\"count\":" + i);
            }
            assertThat(client.readMessage().text()).contains("\"complete\"");
        }
    }
}

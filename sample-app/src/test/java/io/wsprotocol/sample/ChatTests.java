package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** The chat room over real connections. */
@SampleTest
class ChatTests {

    private static final AtomicInteger NEXT = new AtomicInteger();

    @LocalServerPort
    private int port;

    @Test
    void everybodyHearsWhoComesWhoSpeaksAndWhoGoes() throws Exception {
        String ann = name("Ann");
        String ben = name("Ben");
        try (ChatClient first = new ChatClient(port);
                ChatClient second = new ChatClient(port)) {
            assertThat(names(first.join(ann))).contains(ann);
            assertThat(names(second.join(ben))).contains(ann, ben);
            assertThat(first.hear("joined").get("name").asString()).isEqualTo(ben);

            second.say("<b>hello</b> & \"goodbye\" 😀");
            for (ChatClient client : List.of(first, second)) {
                JsonNode message = client.hear("message");
                assertThat(message.get("name").asString()).isEqualTo(ben);
                assertThat(message.get("text").asString()).isEqualTo("<b>hello</b> & \"goodbye\" 😀");
            }

            second.leave();
            JsonNode left = first.hear("left");
            assertThat(left.get("name").asString()).isEqualTo(ben);
            assertThat(names(left)).contains(ann).doesNotContain(ben);
        }
    }

    @Test
    void aMemberWhoseConnectionBreaksLeavesAsWell() throws Exception {
        String ann = name("Ann");
        String ben = name("Ben");
        try (ChatClient first = new ChatClient(port);
                ChatClient second = new ChatClient(port)) {
            first.join(ann);
            second.join(ben);
            second.drop();

            assertThat(first.hear("left").get("name").asString()).isEqualTo(ben);
        }
    }

    @Test
    void aNewcomerHearsTheLastFiftyMessagesInOrder() throws Exception {
        try (ChatClient speaker = new ChatClient(port);
                ChatClient newcomer = new ChatClient(port)) {
            speaker.join(name("Ann"));
            for (int i = 0; i < ChatRoom.HISTORY + 5; i++) {
                speaker.say("message " + i);
                speaker.hear("message");
            }

            List<String> history = new ArrayList<>();
            newcomer.join(name("Ben"))
                    .get("history")
                    .forEach(event -> history.add(event.get("text").asString()));
            assertThat(history)
                    .hasSize(ChatRoom.HISTORY)
                    .startsWith("message 5")
                    .endsWith("message 54");
        }
    }

    @Test
    void aNameIsTakenOnceWhateverItsCase() throws Exception {
        String name = name("Ann");
        try (ChatClient first = new ChatClient(port);
                ChatClient second = new ChatClient(port)) {
            first.join(name);

            assertThat(second.join(name.toUpperCase(Locale.ROOT)).get("type").asString())
                    .isEqualTo("error");
            assertThat(second.join(name("Ben")).get("type").asString()).isEqualTo("welcome");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "a name of twenty-five chars", "tab\tinside"})
    void aNameOfTheWrongLengthOrWithControlCharactersIsRefused(String name) throws Exception {
        try (ChatClient client = new ChatClient(port)) {
            assertThat(client.join(name).get("type").asString()).isEqualTo("error");
        }
    }

    @Test
    void textOfTheWrongLengthIsRefusedAndTheMemberStays() throws Exception {
        try (ChatClient client = new ChatClient(port)) {
            client.join(name("Ann"));
            client.say("x".repeat(ChatRoom.MAX_TEXT_LENGTH + 1));
            assertThat(client.hear().get("type").asString()).isEqualTo("error");
            client.say(" ");
            assertThat(client.hear().get("type").asString()).isEqualTo("error");

            client.say("x".repeat(ChatRoom.MAX_TEXT_LENGTH));
            assertThat(client.hear("message").get("text").asString()).hasSize(ChatRoom.MAX_TEXT_LENGTH);
        }
    }

    @Test
    void whoHasNotJoinedMayNotSpeak() throws Exception {
        try (ChatClient client = new ChatClient(port)) {
            client.say("hello");

            assertThat(client.hear().get("type").asString()).isEqualTo("error");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "[]", "null", "{}", "{\"type\":\"dance\"}", "{\"type\":{}}"})
    void whatIsNoChatMessageClosesTheConnection(String json) throws Exception {
        try (ChatClient client = new ChatClient(port)) {
            client.sendJson(json);

            assertThat(client.closeStatus()).isEqualTo(1003);
        }
    }

    @Test
    void aMemberThatDoesNotReadHoldsUpNobody() throws Exception {
        try (RawConnection sleeper = RawConnection.open(port, "/chat");
                ChatClient speaker = new ChatClient(port)) {
            String name = name("Sleeper");
            sleeper.sendFrame(
                    0x81, "{\"type\":\"join\",\"name\":\"%s\"}".formatted(name).getBytes(StandardCharsets.UTF_8));
            assertThat(sleeper.frame().firstByte()).isEqualTo(0x81);
            speaker.join(name("Speaker"));

            // About 20 MB: more than the sockets, the send queue and the mailbox of one who does not read can take.
            String words = "y".repeat(ChatRoom.MAX_TEXT_LENGTH);
            for (int i = 0; i < 20_000; i++) {
                speaker.say(words);
                speaker.hear("message");
            }
        }
    }

    private static List<String> names(JsonNode event) {
        List<String> names = new ArrayList<>();
        event.get("names").forEach(name -> names.add(name.asString()));
        return names;
    }

    /** The room is shared by all tests, so every test brings names of its own. */
    private static String name(String stem) {
        return stem + NEXT.incrementAndGet();
    }
}

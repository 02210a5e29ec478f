package io.wsprotocol.sample;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Something that the members of the chat room hear. Absent parts are left out of the JSON.
 *
 * <p>Immutable.
 *
 * @param type {@code welcome} (names, history), {@code joined} and {@code left} (name, names), {@code message} (name, text, at) or
 *     {@code error} (text)
 * @param name who joined, left or speaks
 * @param text what was said, or what is wrong; never markup, the page shows it as text
 * @param at when it was said, ISO 8601 in UTC
 * @param names all members, in the order of their arrival
 * @param history the last messages, oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatEvent(
        String type,
        @Nullable String name,
        @Nullable String text,
        @Nullable String at,
        @Nullable List<String> names,
        @Nullable List<ChatEvent> history) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static ChatEvent welcome(String name, List<String> names, List<ChatEvent> history) {
        return new ChatEvent("welcome", name, null, null, List.copyOf(names), List.copyOf(history));
    }

    static ChatEvent joined(String name, List<String> names) {
        return new ChatEvent("joined", name, null, null, List.copyOf(names), null);
    }

    static ChatEvent left(String name, List<String> names) {
        return new ChatEvent("left", name, null, null, List.copyOf(names), null);
    }

    static ChatEvent message(String name, String text, Instant at) {
        return new ChatEvent("message", name, text, at.toString(), null, null);
    }

    static ChatEvent error(String text) {
        return new ChatEvent("error", null, text, null, null, null);
    }

    String toJson() {
        return JSON.writeValueAsString(this);
    }
}

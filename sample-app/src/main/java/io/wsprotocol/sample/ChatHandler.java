package io.wsprotocol.sample;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns the JSON of the chat page into calls of the {@link ChatRoom}. A client says {@code {"type":"join","name":…}} once and
 * {@code {"type":"say","text":…}} after that; what it hears is described at {@link ChatEvent}.
 *
 * <p>Thread-safe.
 */
final class ChatHandler extends AbstractWebSocketHandler {

    /** Longest message that a client may send, in bytes: a text of the longest allowed length, escaped, and the JSON around it. */
    static final int MAX_MESSAGE_BYTES = 8 * 1024;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String MEMBER = "member";

    private final ChatRoom room;
    private final EndpointStatus status;

    ChatHandler(ChatRoom room, EndpointStatus status) {
        this.room = room;
        this.status = status;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        session.setTextMessageSizeLimit(MAX_MESSAGE_BYTES);
        session.setBinaryMessageSizeLimit(MAX_MESSAGE_BYTES);
        status.opened(WebSocketEndpoints.CHAT, session);
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
        Command command;
        try {
            command = JSON.readValue(message.getPayload(), Command.class);
        } catch (JacksonException e) {
            session.close(CloseStatus.NOT_ACCEPTABLE.withReason("not a chat message"));
            return;
        }
        String type = command == null || command.type() == null ? "" : command.type();
        switch (type) {
            case "join" -> join(session, text(command.name()));
            case "say" -> say(session, text(command.text()));
            default -> session.close(CloseStatus.NOT_ACCEPTABLE.withReason("unknown type"));
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) throws IOException {
        session.close(CloseStatus.NOT_ACCEPTABLE.withReason("text only"));
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus closeStatus) {
        status.closed(WebSocketEndpoints.CHAT);
        ChatMember member = member(session);
        if (member != null) {
            room.leave(member);
        }
    }

    private void join(WebSocketSession session, String name) throws IOException {
        if (member(session) != null) {
            refuse(session, "You have joined already.");
            return;
        }
        ChatRoom.Admission admission = room.join(session, name);
        if (admission.member() == null) {
            refuse(session, admission.refusal());
            return;
        }
        session.getAttributes().put(MEMBER, admission.member());
    }

    private void say(WebSocketSession session, String text) throws IOException {
        ChatMember member = member(session);
        if (member == null) {
            refuse(session, "Say who you are first.");
            return;
        }
        String refusal = room.say(member, text);
        if (refusal != null) {
            member.offer(ChatEvent.error(refusal).toJson());
        }
    }

    private static void refuse(WebSocketSession session, String reason) throws IOException {
        session.sendMessage(new TextMessage(ChatEvent.error(reason).toJson()));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static @Nullable ChatMember member(WebSocketSession session) {
        return (ChatMember) session.getAttributes().get(MEMBER);
    }

    /**
     * What a client sends.
     *
     * @param type {@code join} or {@code say}
     * @param name with {@code join}: the name to be known by
     * @param text with {@code say}: what to say
     */
    private record Command(
            @Nullable String type,
            @Nullable String name,
            @Nullable String text) {}
}

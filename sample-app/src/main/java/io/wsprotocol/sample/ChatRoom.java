package io.wsprotocol.sample;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketSession;

/**
 * Who is in the room and what was said last. Everybody hears everything in the same order, because it is put into all mailboxes under one lock;
 * nobody waits under that lock for a network.
 *
 * <p>Thread-safe.
 */
final class ChatRoom {

    static final int MAX_MEMBERS = 200;
    static final int MAX_NAME_LENGTH = 24;
    static final int MAX_TEXT_LENGTH = 1_000;
    static final int HISTORY = 50;

    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ChatMember> members = new LinkedHashMap<>();
    private final Deque<ChatEvent> history = new ArrayDeque<>();

    ChatRoom(Executor executor) {
        this.executor = executor;
    }

    /** Lets somebody in under a name that nobody else has, upper and lower case being the same; welcomes them and tells the others. */
    Admission join(WebSocketSession session, String wish) {
        String name = wish.strip();
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH || !name.chars().allMatch(ChatRoom::isPrintable)) {
            return Admission.refused("A name has 1 to " + MAX_NAME_LENGTH + " characters.");
        }
        lock.lock();
        try {
            if (members.containsKey(key(name))) {
                return Admission.refused("Somebody here has that name.");
            }
            if (members.size() == MAX_MEMBERS) {
                return Admission.refused("The room is full.");
            }
            ChatMember member = new ChatMember(name, new Mailbox(session, executor));
            broadcast(ChatEvent.joined(name, namesWith(name)));
            members.put(key(name), member);
            member.offer(ChatEvent.welcome(name, names(), List.copyOf(history)).toJson());
            return new Admission(member, "");
        } finally {
            lock.unlock();
        }
    }

    /** Says something to all, the speaker included; returns why not when it is refused. */
    @Nullable
    String say(ChatMember member, String words) {
        String text = words.strip();
        if (text.isEmpty() || text.length() > MAX_TEXT_LENGTH) {
            return "A message has 1 to " + MAX_TEXT_LENGTH + " characters.";
        }
        lock.lock();
        try {
            ChatEvent event = ChatEvent.message(member.name(), text, Instant.now());
            if (history.size() == HISTORY) {
                history.removeFirst();
            }
            history.addLast(event);
            broadcast(event);
            return null;
        } finally {
            lock.unlock();
        }
    }

    void leave(ChatMember member) {
        lock.lock();
        try {
            if (members.remove(key(member.name()), member)) {
                broadcast(ChatEvent.left(member.name(), names()));
            }
        } finally {
            lock.unlock();
        }
    }

    private void broadcast(ChatEvent event) {
        String json = event.toJson();
        members.values().forEach(member -> member.offer(json));
    }

    private List<String> names() {
        return members.values().stream().map(ChatMember::name).toList();
    }

    private List<String> namesWith(String newcomer) {
        List<String> names = new ArrayList<>(names());
        names.add(newcomer);
        return names;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static boolean isPrintable(int character) {
        return !Character.isISOControl(character);
    }

    /**
     * The answer to a wish to join.
     *
     * @param member the new member, or null when refused
     * @param refusal why it was refused, or empty
     */
    record Admission(@Nullable ChatMember member, String refusal) {

        private static Admission refused(String why) {
            return new Admission(null, why);
        }
    }
}

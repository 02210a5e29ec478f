package io.wsprotocol.driver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a scripted server sends to a client that echoes, and what it must hear. The client's end is part of it: {@link #closes} and
 * {@link #fails} finish a script, and add a message behind the end that must not be echoed.
 *
 * <p>Not thread-safe: confine to one thread or guard with one lock.
 */
final class ServerScript {

    private static final int TEXT = Frames.FIN | Frames.TEXT;

    private final String title;
    private final ByteArrayOutputStream before = new ByteArrayOutputStream();
    private final ByteArrayOutputStream after = new ByteArrayOutputStream();
    private ByteArrayOutputStream sent = before;
    private final List<String> heard = new ArrayList<>();
    private int failure;

    private ServerScript(String title) {
        this.title = title;
    }

    /** {@return an empty script} The title says what the server does, with its group of the Autobahn suite. */
    static ServerScript script(String title) {
        return new ServerScript(title);
    }

    /** A frame with that first byte. */
    ServerScript frame(int byte0, byte[] payload) {
        return raw(Frames.frame(false, byte0, payload));
    }

    ServerScript frame(int byte0, String payload) {
        return frame(byte0, payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes as they are. */
    ServerScript raw(ByteBuffer bytes) {
        sent.write(bytes.array(), bytes.position(), bytes.remaining());
        return this;
    }

    /** A whole text message, which comes back. */
    ServerScript text(String message) {
        return frame(TEXT, message).hears("TEXT " + message);
    }

    /** The next frame that comes back, as {@link Frames#read} writes it. */
    ServerScript hears(String frame) {
        heard.add(frame);
        return this;
    }

    /** What follows waits until the client has answered what stands before: a Close overtakes echoes that are still queued. */
    ServerScript pause() {
        sent = after;
        return this;
    }

    /** The server's Close, which comes back with its status and no words. */
    ServerScript closes(int status) {
        pause().raw(Frames.close(false, status, "gone")).frame(TEXT, "late");
        return hears("CLOSE " + status);
    }

    /** The client has nothing more to say after its Close with that status. */
    ServerScript fails(int status) {
        failure = status;
        return frame(TEXT, "late");
    }

    /** As {@link #fails}, when the bytes that follow have not come yet. */
    ServerScript failsAtOnce(int status) {
        failure = status;
        return this;
    }

    /** {@return what the server sends, in the two parts with the pause between them} */
    List<ByteBuffer> sent() {
        return List.of(ByteBuffer.wrap(before.toByteArray()), ByteBuffer.wrap(after.toByteArray()));
    }

    List<String> heard() {
        return heard;
    }

    /** {@return the status with which the client fails the connection; 0 when it does not} */
    int failure() {
        return failure;
    }

    @Override
    public String toString() {
        return title;
    }
}

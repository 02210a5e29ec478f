package io.wsprotocol.spring.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Speaks STOMP 1.2 frame by frame, bare or inside the frames of SockJS. Not thread-safe. */
final class StompClient implements Closeable {

    private final RawClient client;
    private final boolean sockJs;

    /**
     * Takes over a client whose handshake is done.
     *
     * @param sockJs whether each message is an array of strings
     */
    StompClient(RawClient client, boolean sockJs) throws IOException {
        this.client = client;
        this.sockJs = sockJs;
        if (sockJs && !client.readMessage().text().equals("o")) {
            throw new IOException("SockJS did not open");
        }
    }

    /** Sends a frame, with {@code \n} between its headers. */
    void send(String command, String headers, String body) throws IOException {
        String frame = command + "\n" + headers + "\n\n" + body + "\0";
        client.sendText(sockJs ? "[\"" + frame.replace("\n", "\\n").replace("\0", "\\u0000") + "\"]" : frame);
    }

    /** Connects, and says what the server answered. */
    String connect(String headers) throws IOException {
        send("CONNECT", "accept-version:1.2\nhost:localhost" + headers, "");
        return read();
    }

    /**
     * Subscribes, and returns when the broker knows. Spring's broker knows no receipt for it; the server must take the frames of one session
     * in their order ({@code setPreserveReceiveOrder}), or the probe may overtake the subscription.
     */
    void subscribe(String destination) throws IOException {
        send("SUBSCRIBE", "id:0\ndestination:" + destination, "");
        send("SEND", "destination:" + destination, "probe");
        String answer = read();
        if (!answer.endsWith("\n\nprobe")) {
            throw new IOException("not subscribed: " + answer);
        }
    }

    /** The next frame that is not a heart-beat, without its last NUL. */
    String read() throws IOException {
        String text;
        do {
            text = client.readMessage().text();
            if (sockJs && text.startsWith("a[\"")) {
                text = text.substring(3, text.length() - 2).replace("\\n", "\n").replace("\\u0000", "\0");
            }
        } while (text.isBlank() || (sockJs && text.equals("h")));
        return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
    }

    /** A piece of a frame, as it is. */
    void sendRaw(String piece) throws IOException {
        client.send(RawClient.TEXT, piece.getBytes(StandardCharsets.UTF_8));
    }

    RawClient.Frame readFrame() throws IOException {
        return client.read();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}

package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.driver.MessageType;
import io.wsprotocol.spring.server.TextPartEncoder;
import jakarta.websocket.EncodeException;
import jakarta.websocket.RemoteEndpoint;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;

/** Sends and waits while the peer is slow, as every blocking send of the starter. Thread-safe, but for the parts of one message. */
final class BasicRemote extends SessionRemote implements RemoteEndpoint.Basic {

    private static final int STREAM_BYTES = 8 << 10;

    private final TextPartEncoder textParts = new TextPartEncoder();

    BasicRemote(EngineSession session) {
        super(session);
    }

    @Override
    public void sendText(String text) throws IOException {
        session.sender().text(text);
    }

    @Override
    public void sendBinary(ByteBuffer data) throws IOException {
        sendBinary(data, true);
    }

    @Override
    public void sendText(String part, boolean last) throws IOException {
        if (last && !textParts.isInside()) {
            sendText(part);
            return;
        }
        session.sender().part(MessageType.TEXT, textParts.encode(part, last), last);
    }

    @Override
    public void sendBinary(ByteBuffer part, boolean last) throws IOException {
        session.sender().part(MessageType.BINARY, copyOf(part), last);
    }

    @Override
    public OutputStream getSendStream() {
        return new BufferedOutputStream(new Parts(), STREAM_BYTES);
    }

    @Override
    public Writer getSendWriter() {
        return new BufferedWriter(new TextParts(), STREAM_BYTES);
    }

    @Override
    public void sendObject(Object object) throws IOException, EncodeException {
        Object encoded = session.coders().encode(object);
        if (encoded instanceof ByteBuffer bytes) {
            sendBinary(bytes);
        } else {
            sendText((String) encoded);
        }
    }

    /** One binary message, written in parts; its end is the close. */
    private final class Parts extends OutputStream {

        private boolean closed;

        @Override
        public void write(int oneByte) throws IOException {
            write(new byte[] {(byte) oneByte}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (closed) {
                throw new IOException("the message has ended");
            }
            sendBinary(ByteBuffer.wrap(bytes, offset, length), false);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                sendBinary(ByteBuffer.allocate(0), true);
            }
        }
    }

    /** One text message, written in parts; its end is the close. */
    private final class TextParts extends Writer {

        private boolean closed;

        @Override
        public void write(char[] characters, int offset, int length) throws IOException {
            if (closed) {
                throw new IOException("the message has ended");
            }
            sendText(new String(characters, offset, length), false);
        }

        @Override
        public void flush() {}

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                sendText("", true);
            }
        }
    }
}

package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.fixture.RecordingBufferSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection with its loop over a {@link PipeTransport}, which writes down all that it hears. */
public final class ConnectionEnd implements MessageListener, SendListener {

    private static final int MOST_RUNS = 1_000_000;

    private final PipeTransport transport = new PipeTransport();
    private final RecordingBufferSource source = new RecordingBufferSource();
    private final List<String> events = new ArrayList<>();
    private final List<String> completions = new ArrayList<>();
    private final WebSocketConnection connection;
    private final ConnectionLoop loop;
    private @Nullable CloseEvent closed;
    private boolean echo;
    private Consumer<ByteBuffer> onBinary = payload -> {};
    private int signals;
    private long now;

    ConnectionEnd(boolean server, ConnectionOptions options, HandleOptions base, long now) {
        this(server, options, base, null, now);
    }

    ConnectionEnd(
            boolean server,
            ConnectionOptions options,
            HandleOptions base,
            @Nullable DeflateParameters compression,
            long now) {
        this.now = now;
        HandleOptions handleOptions =
                options.handleOptions(base.toBuilder().bufferSource(source).build());
        WebSocketHandle handle = OpenHandle.of(server, handleOptions);
        connection = WebSocketConnection.open(handle, options, compression, this, () -> signals++, now);
        loop = new ConnectionLoop(connection, transport, this);
        ResourceLedger.watch(this);
    }

    /** {@return the connection} */
    public WebSocketConnection connection() {
        return connection;
    }

    /** {@return who lends it memory} */
    RecordingBufferSource source() {
        return source;
    }

    /** {@return its time} */
    long now() {
        return now;
    }

    /** {@return its end of the pipe} */
    public PipeTransport transport() {
        return transport;
    }

    /** {@return what it heard, such as {@code TEXT hello}, {@code BINARY 5}, {@code PART TEXT he}, {@code CLOSED 1000}} */
    public List<String> events() {
        return events;
    }

    /** {@return contexts and outcomes of sends, such as {@code a SENT}} */
    public List<String> completions() {
        return completions;
    }

    /** {@return how it ended; fails when it has not} */
    public CloseEvent closed() {
        assertThat(closed).as("close event").isNotNull();
        return closed;
    }

    /** {@return whether it ended} */
    public boolean isClosed() {
        return closed != null;
    }

    /** {@return how often the send signal came} */
    public int signals() {
        return signals;
    }

    /** Sends every message back. */
    public void echo() {
        echo = true;
    }

    /** Shows each binary payload as it is delivered. */
    public void onBinaryDo(Consumer<ByteBuffer> reader) {
        onBinary = reader;
    }

    /** Sends text; the context is the text. */
    public SendResult send(String text) {
        return connection.trySendText(text, text);
    }

    /** Sends that many bytes. */
    public SendResult send(int bytes, String context) {
        return connection.trySend(MessageType.BINARY, ByteBuffer.allocate(bytes), true, context);
    }

    /** Runs once at that time; {@return the interest} */
    public int run(long clock) {
        now = clock;
        return loop.run(clock);
    }

    /** Runs until nothing moves. */
    public void settle() {
        for (int runs = 0; runs < MOST_RUNS; runs++) {
            int interest = loop.run(now);
            boolean more = (interest & Interest.READ) != 0 && transport.waiting() > 0;
            if (!more) {
                return;
            }
        }
        throw new AssertionError("does not settle");
    }

    /** Moves the clock and settles; as an event loop does, it comes by at each deadline on the way. */
    public void advance(Duration time) {
        long target = now + time.toNanos();
        for (int runs = 0; runs < MOST_RUNS && connection.nextDeadline() - target <= 0; runs++) {
            now = Math.max(now, connection.nextDeadline());
            settle();
        }
        now = target;
        settle();
    }

    @Override
    public void onText(String text, boolean last) {
        events.add((last ? "TEXT " : "PART TEXT ") + text);
        if (echo) {
            connection.trySendText(text, null);
        }
    }

    @Override
    public void onBinary(ByteBuffer payload, boolean last) {
        events.add((last ? "BINARY " : "PART BINARY ") + payload.remaining());
        onBinary.accept(payload);
        if (echo) {
            ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate());
            connection.trySend(MessageType.BINARY, copy.flip(), last, null);
        }
    }

    @Override
    public void onPong(ByteBuffer payload) {
        events.add("PONG " + StandardCharsets.UTF_8.decode(payload.duplicate()));
    }

    @Override
    public void onClosed(CloseEvent event) {
        assertThat(closed).as("a second close event").isNull();
        closed = event;
        events.add("CLOSED " + event.code());
    }

    @Override
    public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
        assertThat(closed).as("completion after the close event").isNull();
        completions.add(context + " " + outcome);
    }

    @Override
    public void writabilityChanged(boolean writable) {
        events.add(writable ? "WRITABLE" : "UNWRITABLE");
    }
}

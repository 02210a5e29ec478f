package io.wsprotocol.driver;

import io.wsprotocol.BufferSource;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.fixture.RecordingBufferSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated connection: the shell that a network stack would be, and the application, which sends, closes, throws and
 * calls back at the worst moment. Checks what it hears as it hears it. Not thread-safe: confine to one thread or guard with one lock.
 */
final class SimulatedEnd implements Transport, MessageListener, SendListener, BufferSource {

    /** What an application's callback, or an empty pool, throws. */
    static final class Planned extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Planned(String what) {
            super(what, null, false, false);
        }
    }

    final boolean server;
    final SimulatedLink out;
    final WebSocketConnection connection;
    /** Messages accepted, by the id that is their context. */
    final Map<Integer, String> sent = new LinkedHashMap<>();

    final List<String> received = new ArrayList<>();
    private final SimulatedLink in;
    private final SplittableRandom dice;
    /** Watches every byte lent, which takes time; in most lives it is enough to count. */
    private final @Nullable RecordingBufferSource memory;

    private final ConnectionLoop loop;
    private final Set<Integer> open = new HashSet<>();
    private final Map<Integer, SendOutcome> outcomes = new HashMap<>();
    private final StringBuilder partial = new StringBuilder();
    private int lent;
    private int poolEmptyAt;
    private int throwAt;
    private int sends;
    private boolean signalled;
    private boolean closed;
    private boolean transportClosed;
    private @Nullable CloseEvent closeEvent;
    private int interest = Interest.READ | Interest.WRITE;
    private long now;

    SimulatedEnd(
            boolean server, ConnectionOptions options, SimulatedLink in, SimulatedLink out, SplittableRandom dice) {
        this.server = server;
        this.in = in;
        this.out = out;
        this.dice = dice;
        memory = dice.nextInt(8) == 0 ? new RecordingBufferSource() : null;
        poolEmptyAt = dice.nextInt(12) == 0 ? dice.nextInt(12) : Integer.MAX_VALUE;
        throwAt = dice.nextInt(12) == 0 ? dice.nextInt(6) : Integer.MAX_VALUE;
        HandleOptions base = HandleOptions.builder()
                .receiveBufferSize(256 << dice.nextInt(3))
                .bufferSource(this)
                .maskingKeySource(dice::nextInt)
                .build();
        connection = WebSocketConnection.open(
                handle(server, options.handleOptions(base)), options, this, () -> signalled = true, 0);
        loop = new ConnectionLoop(connection, this, this);
    }

    private static WebSocketHandle handle(boolean server, HandleOptions options) {
        if (server) {
            var handle = WebSocketHandle.createServer(options);
            handle.assumeHandshakeDone();
            return handle;
        }
        var handle = WebSocketHandle.createClient(options);
        handle.assumeHandshakeDone();
        return handle;
    }

    // ---- the shell ----

    /** {@return whether an event loop would come by now} */
    boolean ready(long clock) {
        return !closed
                && (signalled
                        || connection.nextDeadline() <= clock
                        || ((interest & Interest.READ) != 0 && in.readable(clock))
                        || ((interest & Interest.WRITE) != 0 && out.writable()));
    }

    /** Runs once, as an event loop does; whatever is thrown ends the transport. */
    void run(long clock) {
        now = clock;
        signalled = false;
        for (int attempts = 0; ; attempts++) {
            require(attempts < 3, "what was thrown once is thrown again and again");
            try {
                interest = loop.run(clock);
                return;
            } catch (Planned e) {
                connection.transportFailed(e);
                close();
            }
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireOpen();
        return in.read(target, now);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        requireOpen();
        return out.write(buffers, offset, length, now);
    }

    private void requireOpen() throws IOException {
        if (transportClosed) {
            throw new IOException("closed");
        }
    }

    @Override
    public void shutdownOutput() {
        out.end();
    }

    @Override
    public void close() {
        transportClosed = true;
        out.end();
        in.stall(false);
    }

    @Override
    public ByteBuffer acquire(int bytes) {
        if (poolEmptyAt-- == 0) {
            throw new Planned("no memory");
        }
        lent++;
        return memory == null ? ByteBuffer.allocate(bytes) : memory.acquire(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {
        lent--;
        if (memory != null) {
            memory.release(buffer);
        }
    }

    // ---- the application ----

    /** Does one thing that an application could do now. */
    void act() {
        switch (dice.nextInt(16)) {
            case 0 -> connection.close(1000 + dice.nextInt(2), dice.nextBoolean() ? null : "enough");
            case 1 -> ping();
            case 2 -> connection.pauseReading();
            case 3, 4 -> resume();
            case 5 -> {
                if (dice.nextInt(6) == 0) {
                    connection.abort();
                }
            }
            default -> send();
        }
    }

    void resume() {
        connection.resumeReading();
        signalled = true;
    }

    private void ping() {
        accepted(connection.tryPing(ByteBuffer.wrap(new byte[dice.nextInt(9)]), sends));
    }

    private void send() {
        int length = dice.nextInt(3) == 0 ? dice.nextInt(4_000) : dice.nextInt(12);
        String text = sends + ":" + "\u20ac".repeat(length / 3) + "x".repeat(length % 3);
        int id = sends;
        if (dice.nextBoolean()) {
            if (accepted(connection.trySendText(text, id))) {
                sent.put(id, "T" + text);
            }
        } else {
            byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            if (accepted(connection.trySend(MessageType.BINARY, ByteBuffer.wrap(payload), true, id))) {
                sent.put(id, "B" + new String(payload, StandardCharsets.ISO_8859_1));
            }
        }
    }

    private boolean accepted(SendResult result) {
        boolean accepted = result == SendResult.ACCEPTED;
        require(!accepted || !closed, "a send was accepted after the close event");
        if (accepted) {
            open.add(sends++);
        }
        return accepted;
    }

    private void react() {
        if (throwAt-- == 0) {
            throw new Planned("callback");
        }
        if (dice.nextInt(10) == 0) {
            act(); // re-enters from a callback
        }
    }

    @Override
    public void onText(String text, boolean last) {
        require(!closed, "a message after the close event");
        arrived("T", text, last);
    }

    @Override
    public void onBinary(ByteBuffer payload, boolean last) {
        require(!closed, "a message after the close event");
        arrived("B", StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString(), last);
    }

    private void arrived(String kind, String part, boolean last) {
        partial.append(part);
        if (last) {
            received.add(kind + partial);
            partial.setLength(0);
        }
        react();
    }

    @Override
    public void onPong(ByteBuffer payload) {
        require(!closed, "a pong after the close event");
        react();
    }

    @Override
    public void onClosed(CloseEvent event) {
        require(!closed, "a second close event");
        require(open.isEmpty(), open.size() + " sends were not completed before the close event");
        closed = true;
        closeEvent = event;
    }

    @Override
    public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
        require(!closed, "a completion after the close event");
        Integer id = (Integer) context;
        require(open.remove(id), "send " + id + " completed twice, or never accepted");
        outcomes.put(id, outcome);
    }

    // ---- what must be true at the end ----

    boolean isClosed() {
        return closed;
    }

    @Nullable
    CloseEvent closeEvent() {
        return closeEvent;
    }

    SendOutcome outcome(int id) {
        return outcomes.get(id);
    }

    void verifyMemory() {
        require(lent == 0, lent + " buffers did not come back");
        if (memory != null) {
            memory.verifyBalanced();
        }
    }

    static void require(boolean holds, String breach) {
        if (!holds) {
            throw new AssertionError(breach);
        }
    }
}

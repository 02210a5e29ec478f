package io.wsprotocol.driver;

import static io.wsprotocol.driver.SimulatedWorld.require;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The application of one end: sends, closes, throws, dawdles and calls back at the worst moment, and checks what it hears as it hears
 * it. Not thread-safe: confine to one thread or guard with one lock.
 */
final class SimulatedApplication implements MessageListener, SendListener {

    /** What an application's callback, or an empty pool, throws. */
    static final class Planned extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Planned(String what) {
            super(what, null, false, false);
        }
    }

    private static final int SLOW_PEER = 4500;

    private final SimulatedWorld world;
    private final ConnectionOptions options;
    private final SimulatedLink in;
    private final SimulatedLink out;
    private final SplittableRandom dice;
    private final int largest;
    /** Messages accepted, in their order, and what became of them. */
    private final Map<Integer, String> sent = new HashMap<>();

    private final List<Integer> order = new ArrayList<>();
    private final Map<Integer, SendOutcome> outcomes = new HashMap<>();
    private final Set<Integer> open = new HashSet<>();
    private final List<String> received = new ArrayList<>();
    private final StringBuilder partial = new StringBuilder();
    private @Nullable WebSocketConnection connection;
    private @Nullable CloseEvent closeEvent;
    private int throwAt;
    private int sends;
    private int kindOfPart;
    private boolean writable = true;
    private boolean quiet;
    private boolean gaveUp;
    private boolean transportClosed;

    SimulatedApplication(
            SimulatedWorld world,
            ConnectionOptions options,
            SimulatedLink in,
            SimulatedLink out,
            SplittableRandom dice,
            int largest) {
        this.world = world;
        this.options = options;
        this.in = in;
        this.out = out;
        this.dice = dice;
        this.largest = largest;
        throwAt = dice.nextInt(12) == 0 ? dice.nextInt(6) : Integer.MAX_VALUE;
    }

    void uses(WebSocketConnection itsConnection) {
        connection = itsConnection;
    }

    private WebSocketConnection connection() {
        if (connection == null) {
            throw new AssertionError("called before its connection was open");
        }
        return connection;
    }

    // ---- what it does ----

    /** Does one thing that an application could do now. */
    void act() {
        switch (dice.nextInt(20)) {
            case 0 -> connection().close(dice.nextBoolean() ? 1000 : 4000, dice.nextBoolean() ? null : "enough");
            case 1, 2 -> ping();
            case 3 -> connection().pauseReading();
            case 4, 5 -> connection().resumeReading();
            case 6 -> giveUp();
            case 7 -> lowerLimit();
            default -> send();
        }
    }

    /** Another thread of the application, that came between two steps of the pump. */
    void actBetweenSteps() {
        if (!quiet && dice.nextInt(8) == 0) {
            giveUp();
        }
    }

    private void giveUp() {
        switch (dice.nextInt(12)) {
            case 0 -> {
                world.count(SimulatedFault.ABORTED);
                gaveUp = true;
                connection().abort();
            }
            case 1, 2 -> {
                world.count(SimulatedFault.SLOW_PEER_FAILED);
                gaveUp = true;
                connection().failSlowPeer(SLOW_PEER);
            }
            default -> send();
        }
    }

    private void lowerLimit() {
        if (dice.nextInt(4) == 0) {
            world.count(SimulatedFault.LIMIT_LOWERED);
            connection().limitText(dice.nextInt(largest));
            connection().limitBinary(dice.nextInt(largest));
        }
    }

    private void ping() {
        ByteBuffer payload = ByteBuffer.wrap(new byte[dice.nextInt(9)]);
        int id = sends;
        accepted(
                dice.nextInt(4) == 0
                        ? connection().tryPong(payload, id)
                        : connection().tryPing(payload, id));
    }

    private void send() {
        int length = dice.nextInt(4) == 0 ? dice.nextInt(largest) : dice.nextInt(12);
        int id = sends;
        String text = id + ":" + "\u20ac".repeat(length / 3) + "x".repeat(length % 3);
        boolean asText = dice.nextBoolean();
        boolean accepted;
        if (dice.nextInt(8) == 0) {
            accepted = accepted(connection()
                    .trySend(
                            asText
                                    ? PreparedMessage.text(text)
                                    : PreparedMessage.binary(StandardCharsets.UTF_8.encode(text)),
                            id));
        } else if (asText) {
            accepted = accepted(connection().trySendText(text, id));
        } else {
            ByteBuffer payload = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            accepted = accepted(connection().trySend(MessageType.BINARY, payload, true, id));
        }
        if (accepted) {
            order.add(id);
            sent.put(id, asText ? "T" + text : "B" + text);
        }
    }

    private boolean accepted(SendResult result) {
        OverflowPolicy policy = options.overflowPolicy();
        switch (result) {
            case ACCEPTED -> {
                require(closeEvent == null, "a send was accepted after the close event");
                open.add(sends++);
                requireWithinBounds(policy == OverflowPolicy.DROP_OLDEST ? 2 : 1);
            }
            case FULL -> {
                world.count(SimulatedFault.QUEUE_FULL);
                boolean fits = policy == OverflowPolicy.REJECT || policy == OverflowPolicy.DROP_OLDEST;
                require(fits, "a send was refused under " + policy);
            }
            case DROPPED -> {
                world.count(SimulatedFault.SEND_DROPPED);
                require(policy == OverflowPolicy.DROP_NEWEST, "a send was dropped under " + policy);
            }
            case CLOSED -> {
                if (connection().isOpen()) {
                    world.count(SimulatedFault.OVERFLOW_CLOSED);
                    require(policy == OverflowPolicy.CLOSE, "an open connection refused a send under " + policy);
                    gaveUp = true;
                }
            }
        }
        return result == SendResult.ACCEPTED;
    }

    private void requireWithinBounds(int slack) {
        require(
                connection().queuedMessages() <= (long) options.maxQueuedMessages() * slack,
                "more messages are queued than the bound allows");
        require(
                connection().queuedBytes() <= options.maxQueuedBytes() * slack + largest + 8,
                "more bytes are queued than the bound and one payload");
    }

    private void react() {
        if (quiet) {
            return;
        }
        if (throwAt-- == 0) {
            world.count(SimulatedFault.CALLBACK_THROWS);
            throw new Planned("callback");
        }
        switch (dice.nextInt(24)) {
            case 0, 1 -> {
                world.count(SimulatedFault.CALLBACK_REENTERS);
                act();
            }
            case 2 -> {
                world.count(SimulatedFault.CALLBACK_BLOCKS);
                world.pass(dice);
            }
            default -> {}
        }
    }

    /** From now on it only listens. */
    void rest() {
        quiet = true;
        connection().resumeReading();
    }

    /** Ends its part. */
    void finish() {
        rest();
        connection().close(1000, null);
    }

    // ---- what it hears ----

    /** The shell closed the transport: nothing that was said before is delivered any more. */
    void transportClosed() {
        transportClosed = true;
    }

    private void mayHear(String what) {
        require(closeEvent == null, what + " after the close event");
        require(!transportClosed, what + " after the transport was closed");
        require(!gaveUp, what + " after the connection was given up");
        int status = out.closeStatus();
        boolean failed = (status > 1000 && status < 1012) || status == SLOW_PEER;
        require(!failed, what + " after this end failed the connection with " + status);
    }

    @Override
    public void onText(String text, boolean last) {
        arrived('T', text, last);
    }

    @Override
    public void onBinary(ByteBuffer payload, boolean last) {
        arrived('B', StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString(), last);
    }

    private void arrived(char kind, String part, boolean last) {
        mayHear("a message");
        require(partial.isEmpty() || kindOfPart == kind, "the parts of a message are of two kinds");
        kindOfPart = kind;
        partial.append(part);
        if (last) {
            received.add(partial.insert(0, kind).toString());
            partial.setLength(0);
            in.requireSent(received.size());
        }
        react();
    }

    @Override
    public void onPong(ByteBuffer payload) {
        mayHear("a pong");
        react();
    }

    @Override
    public void onClosed(CloseEvent event) {
        require(closeEvent == null, "a second close event");
        require(open.isEmpty(), open.size() + " sends were not completed before the close event");
        require(!event.clean() || !in.breachBeforeClose(), "a clean close, although the peer broke a rule");
        closeEvent = event;
    }

    @Override
    public void sendCompleted(@Nullable Object context, SendOutcome outcome) {
        require(closeEvent == null, "a completion after the close event");
        Integer id = (Integer) context;
        require(open.remove(id), "send " + id + " completed twice, or never accepted");
        if (outcome == SendOutcome.DROPPED) {
            world.count(SimulatedFault.SEND_DROPPED);
            require(options.overflowPolicy() == OverflowPolicy.DROP_OLDEST, "a message gave way to none");
        }
        outcomes.put(id, outcome);
    }

    @Override
    public void writabilityChanged(boolean nowWritable) {
        require(closeEvent == null, "a water mark after the close event");
        require(writable != nowWritable, "the same water mark twice");
        writable = nowWritable;
        if (nowWritable) {
            require(connection().queuedBytes() <= options.lowWaterBytes(), "writable above the low-water mark");
        } else {
            world.count(SimulatedFault.HIGH_WATER);
        }
    }

    // ---- what must be true at the end ----

    boolean isClosed() {
        return closeEvent != null;
    }

    /** What this end was told, measured by what the other one sent. */
    void judge(SimulatedApplication sender) {
        int arrived = 0;
        int certain = 0;
        for (Integer id : sender.order) {
            SendOutcome outcome = sender.outcomes.get(id);
            if (outcome == SendOutcome.DROPPED) {
                continue;
            }
            certain += outcome == SendOutcome.SENT ? 1 : 0;
            if (arrived < received.size()) {
                require(
                        same(sender.sent.get(id), received.get(arrived)),
                        "message " + arrived
                                + " was lost, changed, out of order, received twice or although it was dropped");
                arrived++;
            }
        }
        require(arrived == received.size(), "more messages arrived than were sent");
        require(
                closeEvent == null || !closeEvent.clean() || arrived >= certain,
                "a clean close, but of " + certain + " messages sent " + arrived + " arrived");
    }

    private static boolean same(@Nullable String sent, String received) {
        return received.equals(sent)
                || (sent != null
                        && received.charAt(0) == 'B'
                        && received.length() > 1
                        && sent.equals("B" + utf8(received.substring(1))));
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}

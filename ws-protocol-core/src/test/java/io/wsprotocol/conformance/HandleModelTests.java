package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.WebSocketStateException;
import io.wsprotocol.conformance.HandleModel.Expected;
import io.wsprotocol.conformance.HandleModel.PeerAtFault;
import io.wsprotocol.conformance.HandleModel.PeerFrame;
import io.wsprotocol.conformance.HandleModel.Slot;
import io.wsprotocol.fixture.CheckedHandle;
import io.wsprotocol.fixture.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Operations, actions and transfers drawn by a dice with a seed, the handle beside its model: both accept the same, hand out the same and
 * are in the same state after every step, with all invariants of {@link CheckedHandle}. A failure names its seed; {@code new
 * Game(seed).play()} plays it again.
 */
@Tag("R6455-D-01+-")
@Tag("R6455-D-03+-")
@Tag("R6455-F-05+-")
@Tag("R6455-F-22+-")
@Tag("R6455-K-05+-")
@Tag("R6455-K-13+-")
@Tag("R6455-K-15+-")
@Tag("R6455-K-18+")
class HandleModelTests {

    private static final int FIRST_GAMES = 40;
    private static final int GAMES = 1_500;
    private static final int STEPS = 120;
    private static final int SEND_BUFFER = 32;
    private static final int MAX_PONGS = 2;
    private static final int RECEIVE_BUFFER = 1024;

    @Test
    void handleAndModelAgreeInTheFirstGames() {
        assertThat(played(0, FIRST_GAMES)).isEqualTo(FIRST_GAMES);
    }

    @Test
    @Tag("sweep")
    void handleAndModelAgreeAtEveryStep() {
        assertThat(played(FIRST_GAMES, GAMES)).isEqualTo(GAMES - FIRST_GAMES);
    }

    @Test
    @Tag("slow")
    void handleAndModelAgreeInManyMoreGames() {
        assertThat(played(GAMES, 100 * GAMES)).isEqualTo(99 * GAMES);
    }

    private static int played(int from, int to) {
        int played = 0;
        for (int seed = from; seed < to; seed++) {
            try {
                new Game(seed).play();
                played++;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("game " + seed + ": " + e.getMessage(), e);
            }
        }
        return played;
    }

    /** One handle beside its model. */
    private static final class Game {

        private static final ActionQueue[] QUEUES = ActionQueue.values();

        private static final BufferType[] TYPES = {
            BufferType.UTF8_MESSAGE,
            BufferType.UTF8_FRAGMENT,
            BufferType.BINARY_MESSAGE,
            BufferType.BINARY_FRAGMENT,
            BufferType.CLOSE,
            BufferType.PING_PONG,
            BufferType.UNSOLICITED_PONG
        };

        private final SplittableRandom dice;
        private final boolean server;
        private final CheckedHandle<?> handle;
        private final HandleModel model;
        private final Map<Slot, Action> out = new EnumMap<>(Slot.class);
        private int contexts;
        private boolean peerMessageOpen;

        Game(long seed) {
            dice = new SplittableRandom(seed);
            server = dice.nextBoolean();
            handle = CheckedHandle.open(
                    server,
                    HandleOptions.builder()
                            .receiveBufferSize(RECEIVE_BUFFER)
                            .sendBufferSize(SEND_BUFFER)
                            .maxPendingPongs(MAX_PONGS)
                            .maxEmptyFragments(Integer.MAX_VALUE)
                            .build());
            model = new HandleModel(server, SEND_BUFFER, MAX_PONGS);
        }

        void play() {
            int wildness = 1 + dice.nextInt(40);
            for (int step = 0; step < STEPS; step++) {
                switch (dice.nextInt(10)) {
                    case 0, 1 -> send();
                    case 2 -> receive();
                    case 3, 4, 5 -> ask();
                    default -> complete(dice.nextInt(wildness) == 0);
                }
                if (dice.nextInt(STEPS * 3) == 0) {
                    abort();
                }
                compare();
            }
            end();
        }

        private void compare() {
            same("send state", handle.handle().sendState(), model.sendState());
            same("receive state", handle.handle().receiveState(), model.receiveState());
            for (ActionQueue queue : QUEUES) {
                same("operations queued", handle.handle().queued(queue), model.queued(queue));
            }
        }

        private static void same(String what, @Nullable Object actual, @Nullable Object expected) {
            if (!Objects.equals(actual, expected)) {
                throw new AssertionError(what + ": the model says " + expected + ", the handle " + actual);
            }
        }

        private void send() {
            BufferType type = TYPES[dice.nextInt(TYPES.length)];
            if (type == BufferType.CLOSE && dice.nextInt(6) > 0) {
                type = BufferType.BINARY_MESSAGE;
            }
            int length = dice.nextInt(3) == 0 ? dice.nextInt(type.isControl() ? 126 : 300) : dice.nextInt(9);
            Object context = contexts++;
            boolean accepted = true;
            try {
                if (type == BufferType.CLOSE) {
                    length = 2;
                    handle.sendClose(CloseInfo.of(1000), context);
                } else {
                    handle.send(type, ByteBuffer.wrap(new byte[length]), context);
                }
            } catch (WebSocketStateException e) {
                accepted = false;
            }
            same("accepted " + type, accepted, model.send(type, length, context));
        }

        private void receive() {
            Object context = contexts++;
            boolean accepted = true;
            try {
                handle.receive(null, context);
            } catch (WebSocketStateException e) {
                accepted = false;
            }
            same("accepted a receive", accepted, model.receive(context));
        }

        private void ask() {
            ActionQueue queue = QUEUES[dice.nextInt(3)];
            Expected expected = null;
            try {
                expected = model.next(queue);
            } catch (PeerAtFault e) {
                // said by expected being null
            }
            Action actual = null;
            try {
                actual = handle.getAction(queue);
            } catch (WebSocketProtocolException e) {
                // said by actual being null
            }
            same("the peer is at fault", actual == null, expected == null);
            if (actual == null || expected == null) {
                return;
            }
            long bytes = actual.type() == ActionType.RECEIVE_FROM_NETWORK ? -1 : actual.totalBytes();
            same(
                    "the action",
                    new Expected(
                            actual.type(), actual.bufferType(), bytes, actual.context(), actual.fullyTransferred()),
                    expected);
            if (actual.type() != ActionType.NO_ACTION) {
                out.put(slot(actual), actual);
            }
            same("what is out", new ArrayList<>(out.keySet()), model.outstanding());
        }

        private static Slot slot(Action action) {
            if (action.internal()) {
                return Slot.CONTROL;
            }
            boolean sends =
                    action.type() == ActionType.SEND_TO_NETWORK || action.type() == ActionType.INDICATE_SEND_COMPLETE;
            return sends ? Slot.SEND : Slot.RECEIVE;
        }

        private void complete(boolean wildly) {
            List<Slot> slots = new ArrayList<>(out.keySet());
            if (slots.isEmpty()) {
                ask();
                return;
            }
            Slot slot = slots.get(dice.nextInt(slots.size()));
            Action action = out.remove(slot);
            switch (action.type()) {
                case SEND_TO_NETWORK -> {
                    long all = action.totalBytes();
                    long bytes = wildly ? dice.nextLong(all + 1) : all;
                    handle.completeAction(action, bytes);
                    model.completeWrite(slot, bytes);
                }
                case RECEIVE_FROM_NETWORK -> completeRead(action, wildly);
                default -> {
                    handle.completeAction(action, 0);
                    model.completeIndication(slot);
                }
            }
        }

        private void completeRead(Action read, boolean wildly) {
            List<PeerFrame> frames = new ArrayList<>();
            int count = wildly && dice.nextBoolean() ? 0 : 1 + dice.nextInt(3);
            int bytes = 0;
            for (int i = 0; i < count; i++) {
                byte[][] wire = new byte[1][];
                PeerFrame frame = frame(wildly && i == 0, wire);
                read.buffer().put(wire[0]);
                bytes += wire[0].length;
                frames.add(frame);
            }
            handle.completeAction(read, bytes);
            model.completeRead(frames.toArray(PeerFrame[]::new));
        }

        private PeerFrame frame(boolean wrong, byte[][] wire) {
            int opcode = new int[] {0, 1, 2, 8, 9, 9, 10, 1, 2, 0}[dice.nextInt(10)];
            if (opcode == 8 && dice.nextInt(8) > 0) {
                opcode = 10;
            }
            boolean fin = opcode >= 8 || dice.nextInt(3) > 0;
            int length = opcode == 8 ? 0 : dice.nextInt(9);
            // Mostly in order: a game that fails at once shows little
            if (opcode < 8 && dice.nextInt(30) > 0) {
                opcode = peerMessageOpen ? 0 : Math.max(1, opcode);
            }
            peerMessageOpen = opcode < 8 ? !fin : peerMessageOpen;
            Wire made = Wire.frame(opcode, new byte[length]).from(server);
            made = fin ? made : made.unfinished();
            boolean bad = wrong && dice.nextInt(4) == 0;
            wire[0] = (bad ? made.rsv(0x10) : made).bytes();
            return new PeerFrame(opcode, fin, length, bad);
        }

        private void abort() {
            handle.abort();
            model.abort();
        }

        private void end() {
            abort();
            while (!out.isEmpty()) {
                complete(false);
                compare();
            }
            for (int i = 0; i < 3 * STEPS; i++) {
                ask();
                while (!out.isEmpty()) {
                    complete(false);
                    compare();
                }
            }
            same("operations left", handle.handle().queued(ActionQueue.ALL), 0);
            handle.abortAndVerify();
        }
    }
}

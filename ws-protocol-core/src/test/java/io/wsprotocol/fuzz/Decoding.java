package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleStatistics;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a handle a stream and compares what comes of it with {@link StreamModel}. The first byte of an input chooses options and
 * reserved bits, the second how the stream is cut and where payload goes; the rest is the stream. The model knows no cuts, so
 * agreement with it under every cut is agreement of every cut with the whole. Not thread-safe: confine to one thread or guard with
 * one lock.
 */
final class Decoding {

    private static final int RECEIVE_BYTES = 256;
    private static final int PONG_FRAME_BYTES = FrameHeader.MAX_BYTES + FrameHeader.MAX_CONTROL_PAYLOAD;
    private static final int KEY = 0x0F1E2D3C;
    private static final int[] CUTS = {Integer.MAX_VALUE, 1, 2, 5, 13, 29, 64, Integer.MAX_VALUE};
    private static final int[] RESERVED_BITS = {0, FrameHeader.B0_RSV1, FrameHeader.B0_RSV};
    private static final long MOST_ALLOCATED = 48 << 10;

    private final boolean server;
    private final CountedMemory memory = new CountedMemory(RECEIVE_BYTES, PONG_FRAME_BYTES);
    private final AllocationCeiling ceiling = new AllocationCeiling(MOST_ALLOCATED);
    private final HandleOptions[] options;
    private final EventLog expected = new EventLog(4096);
    private final EventLog actual = new EventLog(4096);
    private final StreamModel model;
    private final byte[] encoded = new byte[FrameHeader.MAX_BYTES];
    private final byte[] pong = new byte[PONG_FRAME_BYTES];
    private final @Nullable ByteBuffer[] targets = new ByteBuffer[2];

    private final Consumer<byte[]> judge = this::judge;

    private WebSocketHandle handle;
    private int[] cuts = CUTS;
    private int key;
    private boolean looksTwice;
    private int given;
    private int received;

    Decoding(boolean server) {
        this.server = server;
        this.model = new StreamModel(server, expected);
        HandleOptions plain = HandleOptions.builder()
                .receiveBufferSize(RECEIVE_BYTES)
                .bufferSource(memory)
                .maskingKeySource(() -> KEY)
                .build();
        this.options = new HandleOptions[] {
            plain,
            plain.toBuilder()
                    .maxFramePayload(40)
                    .maxFragments(4)
                    .maxEmptyFragments(2)
                    .build(),
            plain.toBuilder().disableUtf8Verification(true).build(),
            plain.toBuilder().disableMasking(true).build()
        };
        this.handle = open(plain, 0);
    }

    private WebSocketHandle open(HandleOptions handleOptions, int rsv) {
        WebSocketHandle opened = OpenHandle.of(server, handleOptions);
        opened.allowReservedBits(rsv);
        return opened;
    }

    /** Runs one input. */
    void run(byte[] input) {
        if (input.length >= 2) {
            ceiling.run(judge, input);
        }
    }

    private void judge(byte[] input) {
        HandleOptions chosen = options[input[0] & 3];
        int rsv = RESERVED_BITS[(input[0] >> 2 & 3) % RESERVED_BITS.length];
        expected.clear();
        model.play(input, 2, chosen, rsv);
        memory.reset();
        handle = open(chosen, rsv);
        key = chosen.disableMasking() ? 0 : KEY;
        looksTwice = (input[0] & 0x70) == 0;
        prepare(input[1] & 0xFF);
        feed(input);
        check(actual.sameAs(expected), "the handle made something else of the stream than the model");
        compareStatistics(input.length - 2);
        encodeAgain(input, rsv, chosen);
        handle.close();
        check(memory.allBack(), "a closed handle keeps memory");
    }

    /** Two pieces take turns, and payload goes into targets of two sizes or is shown where it lies. */
    private void prepare(int byte1) {
        actual.clear();
        given = 2;
        received = 0;
        cuts = new int[] {CUTS[byte1 & 7], CUTS[byte1 >> 3 & 7]};
        int sizes = byte1 >> 6;
        targets[0] = sizes == 0 ? null : ByteBuffer.allocate(1 + sizes).position(1);
        targets[1] = sizes < 2 ? null : ByteBuffer.allocate(4 * sizes).position(sizes);
    }

    private void feed(byte[] input) {
        int most = 2 * input.length + 4;
        int reads = 0;
        for (int step = 0; step < most; step++) {
            while (handle.receiveState() == ReceiveState.OPEN && handle.queued(ActionQueue.RECEIVE) < 2) {
                handle.receive(target(received++ & 1), null);
            }
            Action action = next();
            if (action == null) {
                return;
            }
            switch (action.type()) {
                case RECEIVE_FROM_NETWORK -> {
                    if (given == input.length) {
                        handle.abort();
                        handle.completeAction(action, 0);
                        return;
                    }
                    read(action, input, cuts[reads++ & 1]);
                }
                case SEND_TO_NETWORK -> answer(action);
                case INDICATE_RECEIVE_COMPLETE -> indication(action);
                default -> throw new AssertionError("a handle with receives has nothing to do");
            }
        }
        throw new AssertionError("a handle makes no progress");
    }

    private @Nullable ByteBuffer target(int index) {
        ByteBuffer target = targets[index];
        return target == null ? null : target.limit(target.capacity());
    }

    /** {@return the next action, or null when a rule was broken, which is so for ever} */
    private @Nullable Action next() {
        try {
            return handle.getAction(ActionQueue.RECEIVE);
        } catch (WebSocketProtocolException e) {
            actual.addViolation(e.violation().ordinal(), e.streamOffset());
            check(!looksTwice || e == again(), "a broken rule is forgotten");
            return null;
        }
    }

    private @Nullable WebSocketProtocolException again() {
        try {
            handle.getAction(ActionQueue.ALL);
            return null;
        } catch (WebSocketProtocolException e) {
            return e;
        }
    }

    private void read(Action action, byte[] input, int cut) {
        ByteBuffer free = action.buffer();
        check(free.hasRemaining() && free.capacity() >= RECEIVE_BYTES, "a read has no room");
        int count = Math.min(Math.min(cut, input.length - given), free.remaining());
        free.put(input, given, count);
        given += count;
        handle.completeAction(action, count);
    }

    private void answer(Action action) {
        ByteBuffer frame = action.buffer();
        int length = frame.remaining();
        int keyBytes = server ? 0 : 4;
        int size = length - 2 - keyBytes;
        check(action.internal() && size >= 0 && size <= 125, "a pong has no size of a pong");
        check(
                (frame.get() & 0xFF) == 0x8A && (frame.get() & 0xFF) == size + 32 * keyBytes,
                "a pong has another header");
        check(server || frame.getInt() == key, "a pong has another key");
        frame.get(pong, 0, size);
        for (int i = 0; !server && i < size; i++) {
            pong[i] ^= (byte) (key >>> (24 - 8 * (i % 4)));
        }
        actual.addBytes(EventLog.ANSWER, pong, 0, size);
        handle.completeAction(action, length);
    }

    private void indication(Action action) {
        BufferType type = Objects.requireNonNull(action.bufferType());
        if (type == BufferType.CLOSE) {
            CloseInfo info = Objects.requireNonNull(action.closeInfo());
            actual.addClose(info.status(), info.reason());
        } else {
            ByteBuffer shown = action.buffer();
            byte[] array = shown.array();
            int from = shown.arrayOffset() + shown.position();
            if (type == BufferType.PING_PONG) {
                actual.addBytes(EventLog.PONG, array, from, shown.remaining());
            } else {
                payload(action, type, array, from, shown.remaining());
            }
        }
        handle.completeAction(action, 0);
    }

    private void payload(Action action, BufferType type, byte[] array, int from, int length) {
        int kind = type == BufferType.RAW
                ? EventLog.RAW_BYTE
                : type.isText() ? EventLog.TEXT_BYTE : type.isBinary() ? EventLog.BINARY_BYTE : 0;
        for (int i = from; i < from + length; i++) {
            actual.add(kind | (array[i] & 0xFF));
        }
        check(
                type == BufferType.RAW || type.endsMessage() == action.endsMessage(),
                "the type denies the message's end");
        check(length > 0 || action.endsMessage(), "an indication says nothing");
        if (action.endsMessage()) {
            actual.add(EventLog.MESSAGE_END | action.rawHeader());
        }
    }

    private void compareStatistics(int bytes) {
        HandleStatistics seen = handle.statistics();
        check(seen.bytesReceived() == given - 2 && given - 2 <= bytes, "the received bytes are counted wrong");
        check(seen.framesReceived() == model.frames, "the received frames are counted wrong");
        check(seen.messagesReceived() == model.messages, "the received messages are counted wrong");
        check(seen.payloadReceived() == model.payload, "the received payload is counted wrong");
        check(seen.pingsReceived() == model.pings, "the received pings are counted wrong");
        check(seen.pongsDropped() == 0, "a pong was dropped although the wire was free");
    }

    /** Every header of the stream that decodes is the one encoding of its fields. */
    private void encodeAgain(byte[] input, int rsv, HandleOptions chosen) {
        int rule = !server
                ? FrameHeader.MASK_FORBIDDEN
                : chosen.disableMasking() ? FrameHeader.MASK_OPTIONAL : FrameHeader.MASK_REQUIRED;
        long at = 2;
        while (at < input.length) {
            int from = (int) at;
            int size = FrameHeader.decode(input, from, input.length - from, rule, rsv);
            if (size <= 0) {
                return;
            }
            boolean masked = FrameHeader.isMasked(input, from);
            int maskingKey = masked ? FrameHeader.maskingKey(input, from, size) : 0;
            long length = FrameHeader.payloadLength(input, from);
            int written = FrameHeader.encode(encoded, 0, input[from], length, masked, maskingKey);
            check(written == size, "a header encoded again has another size");
            check(Arrays.equals(encoded, 0, size, input, from, from + size), "a header encoded again is another");
            if (length > input.length) {
                return;
            }
            at += size + length;
        }
    }
}

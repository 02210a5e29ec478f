package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.ActionQueue;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Harness: a client and a server in conversation. The first byte of the input chooses options, each two that follow are a step: who,
 * what, how much. Oracles: {@link TalkingEnd} at each step; at the end everything that one has sent the other has got, in order,
 * unless a write was cut or an end aborted.
 */
public final class TwoEngines {

    private static final int SERVER = 0x80;
    private static final int MOST_STEPS = 4000;
    private static final int MOST_ENTRIES = 1 << 15;
    private static final int RECEIVE_BYTES = 256;
    private static final int SEND_BYTES = 41; // odd, so that a slice turns the masking key
    private static final int PONG_BYTES = FrameHeader.MAX_BYTES + FrameHeader.MAX_CONTROL_PAYLOAD;
    private static final byte[] WORDS = "\u00e9\u20ac\ud834\udd1e".repeat(20).getBytes(StandardCharsets.UTF_8);
    private static final int CODE_POINTS = 9;
    private static final AllocationCeiling CEILING = new AllocationCeiling(512 << 10);
    private static final Consumer<byte[]> JUDGE = TwoEngines::judge;
    private static final ActionQueue[] QUEUES = {ActionQueue.ALL, ActionQueue.SEND, ActionQueue.RECEIVE, ActionQueue.ALL
    };

    private static final EventLog SENT_BY_CLIENT = new EventLog(MOST_ENTRIES);
    private static final EventLog RECEIVED_BY_CLIENT = new EventLog(MOST_ENTRIES);
    private static final EventLog SENT_BY_SERVER = new EventLog(MOST_ENTRIES);
    private static final EventLog RECEIVED_BY_SERVER = new EventLog(MOST_ENTRIES);

    private TwoEngines() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            CEILING.run(JUDGE, input);
        }
    }

    private static void judge(byte[] input) {
        TalkingEnd client = client(input[0]);
        TalkingEnd server = server(input[0]);
        for (int i = 1; i + 1 < input.length; i += 2) {
            boolean ofServer = (input[i] & SERVER) != 0;
            step(ofServer ? server : client, ofServer ? client : server, input[i] & 0x0F, input[i + 1] & 0xFF);
        }
        rest(client, server);
        agree(client, server);
        agree(server, client);
        client.end(MOST_STEPS);
        server.end(MOST_STEPS);
    }

    private static TalkingEnd client(int choice) {
        CountedMemory memory = new CountedMemory(RECEIVE_BYTES, SEND_BYTES, PONG_BYTES);
        ClientHandle handle = WebSocketHandle.createClient(
                options(memory, choice).sendBufferSize(SEND_BYTES).build());
        handle.assumeHandshakeDone();
        return new TalkingEnd(handle, memory, SENT_BY_CLIENT, RECEIVED_BY_CLIENT);
    }

    private static TalkingEnd server(int choice) {
        CountedMemory memory = new CountedMemory(RECEIVE_BYTES, SEND_BYTES, PONG_BYTES);
        ServerHandle handle = WebSocketHandle.createServer(
                options(memory, choice >> 3).sendBufferSize(SEND_BYTES).build());
        handle.assumeHandshakeDone();
        return new TalkingEnd(handle, memory, SENT_BY_SERVER, RECEIVED_BY_SERVER);
    }

    private static HandleOptions.Builder options(CountedMemory memory, int choice) {
        return HandleOptions.builder()
                .bufferSource(memory)
                .receiveBufferSize(RECEIVE_BYTES)
                .maxQueuedSends(TalkingEnd.MOST_SENDS)
                .maxQueuedReceives(TalkingEnd.MOST_RECEIVES)
                .maskingKeySource(() -> 0xC0FFEE11)
                .maxEmptyFragments(1 << 20)
                .corking((choice & 1) != 0)
                .disableMasking((choice & 2) != 0)
                .maxPendingPongs((choice & 4) != 0 ? 1 : 16);
    }

    private static void step(TalkingEnd end, TalkingEnd peer, int operation, int amount) {
        switch (operation) {
            case 0 -> end.sendData(BufferType.UTF8_MESSAGE, words(amount / 16 * CODE_POINTS));
            case 1 -> end.sendData(BufferType.UTF8_FRAGMENT, words(amount / 16 * CODE_POINTS));
            case 2 -> end.sendData(BufferType.BINARY_MESSAGE, words(amount % 180));
            case 3 -> end.sendData(BufferType.BINARY_FRAGMENT, words(amount % 180));
            case 4 -> end.sendControl(true);
            case 5 -> end.sendControl(false);
            case 6 -> end.sendClose(close(amount));
            case 7 -> end.receive(amount % 32);
            case 8, 9 -> end.act(QUEUES[amount & 3]);
            case 10 -> end.write(1 + amount);
            case 11 -> end.read(peer, 1 + amount);
            case 12 -> rest(end, peer);
            case 13 -> end.cancelRead();
            case 14 -> end.drive(peer);
            default -> rare(end, amount);
        }
    }

    private static void rare(TalkingEnd end, int amount) {
        if (amount < 128) {
            end.cutWrite();
        } else if (amount < 192) {
            end.abort();
        }
    }

    private static CloseInfo close(int amount) {
        return switch (amount & 3) {
            case 0 -> CloseInfo.EMPTY;
            case 1 -> CloseInfo.of(1000 + (amount >> 2 & 3));
            default -> new CloseInfo(3000 + amount, "\u20ac".repeat(amount & 31));
        };
    }

    private static ByteBuffer words(int length) {
        return ByteBuffer.wrap(WORDS, 0, length);
    }

    private static void rest(TalkingEnd one, TalkingEnd other) {
        int steps = 0;
        while (one.drive(other) | other.drive(one)) {
            check(steps++ < MOST_STEPS, "two handles never come to rest");
        }
    }

    private static void agree(TalkingEnd from, TalkingEnd to) {
        check(!to.offended || from.cut, "an end that keeps the rules is said to break one");
        if (!from.cut && !from.isAborted() && !to.isAborted()) {
            check(to.received.sameAs(from.sent), "an end got something else than the other sent");
        }
    }
}

package io.wsprotocol.differential;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.CloseInfo;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ReceiveState;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketProtocolException;
import io.wsprotocol.fixture.OpenHandle;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Ours, with limits that no stream of the corpus meets but the one on the frame. */
final class EngineDecoder implements Decoder {

    private static final HandleOptions OPTIONS = HandleOptions.builder()
            .receiveBufferSize(256)
            .maxFramePayload(MOST_PAYLOAD)
            .maxFragments(1_000)
            .maxEmptyFragments(1_000)
            .maskingKeySource(() -> 0)
            .build();

    @Override
    public Reading read(boolean server, byte[] stream) {
        Reading reading = new Reading();
        try (WebSocketHandle handle = OpenHandle.of(server, OPTIONS)) {
            run(handle, stream, reading);
        } catch (WebSocketProtocolException e) {
            reading.refused(e.violation().name());
        }
        return reading;
    }

    private static void run(WebSocketHandle handle, byte[] stream, Reading reading) {
        int given = 0;
        while (handle.receiveState() == ReceiveState.OPEN || handle.queued(ActionQueue.RECEIVE) > 0) {
            if (handle.queued(ActionQueue.RECEIVE) == 0) {
                handle.receive(null, null);
            }
            Action action = handle.getAction(ActionQueue.ALL);
            long done = 0;
            if (action.type() == ActionType.RECEIVE_FROM_NETWORK) {
                if (given == stream.length) {
                    if (handle.unparsedBytes() > 0) {
                        reading.awaits(stream, stream.length - handle.unparsedBytes());
                    }
                    return;
                }
                int count = Math.min(
                        Math.min(Decoder.piece(stream.length), stream.length - given),
                        action.buffer().remaining());
                action.buffer().put(stream, given, count);
                given += count;
                done = count;
            } else if (action.type() == ActionType.SEND_TO_NETWORK) {
                done = action.totalBytes();
            } else {
                indicated(action, reading);
            }
            handle.completeAction(action, done);
        }
    }

    private static void indicated(Action action, Reading reading) {
        switch (action.bufferType()) {
            case CLOSE -> {
                CloseInfo info = Objects.requireNonNull(action.closeInfo());
                reading.close(info.status(), info.reason() == null ? "" : info.reason());
            }
            case PING_PONG -> reading.pong(bytes(action));
            default ->
                reading.part(
                        action.bufferType() == BufferType.UTF8_MESSAGE
                                || action.bufferType() == BufferType.UTF8_FRAGMENT,
                        bytes(action),
                        action.endsMessage());
        }
    }

    private static byte[] bytes(Action action) {
        byte[] bytes = new byte[Math.toIntExact(action.totalBytes())];
        ByteBuffer all = ByteBuffer.wrap(bytes);
        for (int i = 0; i < action.bufferCount(); i++) {
            all.put(action.buffers()[i].duplicate());
        }
        return bytes;
    }
}

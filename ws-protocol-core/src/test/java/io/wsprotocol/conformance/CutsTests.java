package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.BufferType;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.conformance.Feed.Cut;
import io.wsprotocol.fixture.Event;
import io.wsprotocol.fixture.HandlePair;
import io.wsprotocol.fixture.MemoryPipe;
import io.wsprotocol.fixture.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 8: the same bytes, cut in any way, give the same messages, pongs and errors. Streams are made by a dice with a seed. */
@Tag("R6455-F-29+")
class CutsTests {

    private static final int STREAMS = 30;
    private static final HandleOptions SMALL = HandleOptions.builder()
            .receiveBufferSize(256)
            .maxFramePayload(2_000)
            .build();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void randomStreamsAreUnderstoodAlike(boolean server) {
        int failed = 0;
        for (int seed = 0; seed < STREAMS; seed++) {
            byte[] stream = stream(new SplittableRandom(seed), server);
            List<String> whole = outcome(server, Cut.WHOLE, stream);
            failed += whole.get(whole.size() - 1).startsWith("failed") ? 1 : 0;
            assertThat(outcome(server, Cut.BYTE_BY_BYTE, stream))
                    .as("seed %d", seed)
                    .isEqualTo(whole);
            assertThat(outcome(server, Cut.AT_RANDOM, stream))
                    .as("seed %d", seed)
                    .isEqualTo(whole);
        }
        assertThat(failed).as("streams that were spoiled").isBetween(1, STREAMS - 1);
    }

    /** Frames in a right order, some of them with one byte turned over. */
    private static byte[] stream(SplittableRandom random, boolean server) {
        List<byte[]> frames = new ArrayList<>();
        boolean inMessage = false;
        boolean text = false;
        for (int i = 0; i < 30; i++) {
            int dice = random.nextInt(10);
            Wire frame;
            if (dice == 0) {
                frame = Wire.ping("p".repeat(random.nextInt(126)));
            } else if (dice == 1) {
                frame = Wire.pong("q".repeat(random.nextInt(126)));
            } else {
                text = inMessage ? text : random.nextBoolean();
                byte[] payload = text
                        ? "aß€𝄞".repeat(random.nextInt(40)).getBytes(StandardCharsets.UTF_8)
                        : new byte[random.nextInt(700)];
                frame = Wire.frame(inMessage ? 0 : text ? 1 : 2, payload);
                inMessage = random.nextBoolean();
                frame = inMessage ? frame.unfinished() : frame;
            }
            frames.add(frame.from(server).bytes());
        }
        if (inMessage) {
            frames.add(Wire.continuation().from(server).bytes());
        }
        frames.add(Wire.close(1000, "bye").from(server).bytes());
        byte[] stream = Wire.join(frames.toArray(byte[][]::new));
        if (random.nextInt(3) > 0) {
            stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return stream;
    }

    /** What a user sees: messages in one piece, pongs received, pongs sent, Close, error. */
    private static List<String> outcome(boolean server, Cut cut, byte[] stream) {
        Feed feed = Feed.into(server, SMALL, cut, stream);
        List<String> outcome = new ArrayList<>();
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (Event event : feed.received()) {
            if (event.bufferType() == BufferType.PING_PONG || event.bufferType() == BufferType.CLOSE) {
                outcome.add(
                        event.bufferType() + " " + event.text() + " " + event.close() + " inside " + message.size());
                continue;
            }
            message.writeBytes(event.data());
            if (event.endsMessage()) {
                outcome.add(event.bufferType() + " " + Arrays.hashCode(message.toByteArray()));
                message.reset();
            }
        }
        outcome.add("open " + message.size() + " " + Arrays.hashCode(message.toByteArray()));
        feed.handle().writtenFrames().forEach(frame -> outcome.add("wrote " + frame.text()));
        if (feed.failed()) {
            outcome.add("failed " + feed.failure().getMessage());
        }
        feed.end();
        return outcome;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoHandlesUnderstandEachOtherOverAnyPipe(boolean corking) {
        for (int seed = 0; seed < 8; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            HandleOptions options = HandleOptions.builder()
                    .corking(corking)
                    .sendBufferSize(16 + random.nextInt(600))
                    .receiveBufferSize(256 + random.nextInt(600))
                    .build();
            MemoryPipe toServer = new MemoryPipe(30 + random.nextInt(500)).chopAtRandom(seed, 200);
            MemoryPipe toClient = new MemoryPipe(30 + random.nextInt(500)).chopAtRandom(seed + 1, 200);
            try (HandlePair pair = HandlePair.open(options, options, toServer, toClient)) {
                List<byte[]> fromClient = new ArrayList<>();
                List<byte[]> fromServer = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    boolean byServer = random.nextBoolean();
                    if (random.nextInt(5) == 0) {
                        pair.end(byServer)
                                .handle()
                                .send(BufferType.PING_PONG, ByteBuffer.allocate(random.nextInt(126)), i);
                    } else {
                        byte[] message = new byte[random.nextInt(1_200)];
                        Arrays.fill(message, (byte) i);
                        (byServer ? fromServer : fromClient).add(message);
                        pair.end(byServer).handle().send(BufferType.BINARY_MESSAGE, ByteBuffer.wrap(message), i);
                    }
                    for (int steps = random.nextInt(20); steps > 0; steps--) {
                        pair.step();
                    }
                }
                pair.pump();
                assertThat(pair.server().messages()).as("seed %d", seed).containsExactlyElementsOf(fromClient);
                assertThat(pair.client().messages()).as("seed %d", seed).containsExactlyElementsOf(fromServer);
                assertThat(pair.client().sent()).allMatch(Event::fullyTransferred);
                assertThat(pair.server().sent()).allMatch(Event::fullyTransferred);
                pair.client().handle().writtenFrames();
                pair.server().handle().writtenFrames();
            }
        }
    }
}

package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One message, many connections. */
class PreparedMessageTests {

    private static final int LARGE = 150_000;

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    private static byte[] contentOf(PreparedMessage message) {
        byte[] content = new byte[message.size()];
        message.view().get(content);
        return content;
    }

    @Test
    void reachesManyConnectionsInBothRolesAndStaysWhatItIs() {
        PreparedMessage text = PreparedMessage.text("grüß Gott");
        PreparedMessage large = PreparedMessage.binary(ByteBuffer.wrap(pattern(LARGE)));
        for (int i = 0; i < 5; i++) {
            for (boolean role : new boolean[] {true, false}) {
                HandPlayedPeer peer = HandPlayedPeer.of(role);
                assertThat(peer.connection().trySend(text, "t")).isEqualTo(SendResult.ACCEPTED);
                assertThat(peer.connection().trySend(large, "l")).isEqualTo(SendResult.ACCEPTED);
                assertThat(peer.heard())
                        .containsExactly("TEXT grüß Gott", "BINARY+ 65536", "CONT+ 65536", "CONT 18928");
                assertThat(peer.end.completions()).containsExactly("t SENT", "l SENT");
            }
        }
        assertThat(contentOf(text)).isEqualTo("grüß Gott".getBytes(StandardCharsets.UTF_8));
        assertThat(contentOf(large)).isEqualTo(pattern(LARGE));
    }

    @Test
    void arrivesByteForByteFromAClientThatMasksItAndAServerThatDoesNot() {
        PreparedMessage large = PreparedMessage.binary(ByteBuffer.wrap(pattern(LARGE)));
        for (boolean fromClient : new boolean[] {true, false}) {
            List<byte[]> received = new ArrayList<>();
            ConnectionPair pair = new ConnectionPair();
            ConnectionEnd sender = fromClient ? pair.client() : pair.server();
            ConnectionEnd receiver = fromClient ? pair.server() : pair.client();
            receiver.onBinaryDo(payload -> {
                byte[] copy = new byte[payload.remaining()];
                payload.duplicate().get(copy);
                received.add(copy);
            });
            sender.connection().trySend(large, null);
            sender.connection().trySend(large, null);
            pair.settle();
            assertThat(received)
                    .hasSize(2)
                    .allSatisfy(bytes -> assertThat(bytes).isEqualTo(pattern(LARGE)));
        }
    }

    @Test
    void aConnectionInTheMiddleOfItDisturbsNoOther() {
        PreparedMessage large = PreparedMessage.binary(ByteBuffer.wrap(pattern(LARGE)));
        HandPlayedPeer slow = HandPlayedPeer.of(true);
        slow.connection().trySend(large, "slow");
        assertThat(slow.connection().wantsWrite()).isTrue();
        slow.connection().written(100);
        HandPlayedPeer quick = HandPlayedPeer.of(true);
        quick.connection().trySend(large, "quick");
        assertThat(quick.heard()).containsExactly("BINARY+ 65536", "CONT+ 65536", "CONT 18928");
        slow.connection().abort();
        slow.end.settle();
        assertThat(slow.end.completions()).containsExactly("slow FAILED");
        assertThat(contentOf(large)).isEqualTo(pattern(LARGE));
    }

    @Test
    void holdsACopyOfWhatItWasMadeFrom() {
        ByteBuffer source =
                ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip();
        PreparedMessage message = PreparedMessage.binary(source);
        source.put(0, (byte) 9);
        assertThat(source.position()).isZero();
        assertThat(contentOf(message)).containsExactly(1, 2, 3);
        assertThat(message.type()).isEqualTo(MessageType.BINARY);
        assertThat(message).hasToString("PreparedMessage[BINARY, 3 bytes]");
    }

    @Test
    void refusesTextThatUtf8CannotCarry() {
        assertThatThrownBy(() -> PreparedMessage.text("a\uD800")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsInTheQueueOfEachConnectionAndGivesWayByItsPolicy() {
        PreparedMessage message = PreparedMessage.binary(ByteBuffer.allocate(60));
        ConnectionOptions options = ConnectionOptions.builder()
                .lowWaterBytes(10)
                .highWaterBytes(50)
                .maxQueuedBytes(100)
                .overflowPolicy(OverflowPolicy.DROP_OLDEST)
                .build();
        HandPlayedPeer server = new HandPlayedPeer(true, options);
        server.end.transport().stall(true);
        for (int i = 1; i <= 3; i++) {
            assertThat(server.connection().trySend(message, i)).isEqualTo(SendResult.ACCEPTED);
        }
        assertThat(server.connection().queuedBytes()).isEqualTo(180);
        assertThat(server.connection().trySend(message, 4)).isEqualTo(SendResult.FULL);
        server.end.settle();
        server.end.transport().stall(false);
        server.heard();
        assertThat(server.end.completions()).containsExactly("1 DROPPED", "2 DROPPED", "3 SENT");
        server.connection().close(1000, null);
        assertThat(server.connection().trySend(message, 5)).isEqualTo(SendResult.CLOSED);
    }

    @Test
    @Timeout(60)
    void threadsMaySendTheSameMessageAtTheSameTime() throws InterruptedException {
        PreparedMessage message = PreparedMessage.text("to all");
        List<HandPlayedPeer> peers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            peers.add(HandPlayedPeer.of(i % 2 == 0));
        }
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> peers.forEach(peer -> {
                for (int i = 0; i < 50; i++) {
                    assertThat(peer.connection().trySend(message, null)).isEqualTo(SendResult.ACCEPTED);
                }
            }));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (HandPlayedPeer peer : peers) {
            assertThat(peer.heard()).hasSize(200).containsOnly("TEXT to all");
        }
    }

    @Test
    void isEncodedOnceForEachSetOfParameters() {
        PreparedMessage message = PreparedMessage.text("aaaa");
        List<String> asked = new ArrayList<>();
        for (String parameters : List.of("w15", "w15", "w9", "w15", "w9")) {
            ByteBuffer encoded = message.encoded(parameters, payload -> {
                asked.add(parameters);
                assertThat(payload.remaining()).isEqualTo(4);
                payload.position(4);
                return StandardCharsets.UTF_8.encode(parameters);
            });
            assertThat(StandardCharsets.UTF_8.decode(encoded).toString()).isEqualTo(parameters);
        }
        assertThat(asked).containsExactly("w15", "w9");
        assertThat(contentOf(message)).isEqualTo("aaaa".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Timeout(60)
    void oneEncodingStaysWhenSeveralThreadsAskAtOnce() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            PreparedMessage message = PreparedMessage.text("aaaa");
            Set<byte[]> arrays = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                Thread thread = new Thread(() -> {
                    awaitQuietly(start);
                    arrays.add(message.encoded("w15", payload -> ByteBuffer.wrap(new byte[] {1, 2}))
                            .array());
                });
                thread.start();
                threads.add(thread);
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(arrays).hasSize(1);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void costsAViewForEachRecipientHoweverLargeItIs() {
        PreparedMessage message = PreparedMessage.binary(ByteBuffer.allocate(1 << 20));
        HandPlayedPeer server = new HandPlayedPeer(
                true, ConnectionOptions.builder().maxQueuedBytes(1L << 32).build());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            server.connection().trySend(message, null);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
        assertThat(each).isLessThan(256);
    }
}

package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.fixture.RetainedBytes;
import io.wsprotocol.fixture.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection makes of compressed messages from a peer that keeps the rules, and from one that does not. */
class CompressedReceivingTests {

    private static final int RSV1 = 0x40;
    private static final int LIMIT = 256 << 10;
    /** The coder and what belongs to it. */
    private static final int CODER_BYTES = 64 << 10;

    private static final DeflateParameters ALONE = new DeflateParameters(15, 15, true, true);
    private static final DeflateParameters TAKEOVER = new DeflateParameters(15, 15, false, false);
    private static final byte[] HELLO = {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00};

    private final CoderPool pool = new CoderPool(2);

    @AfterEach
    void everyCoderIsBack() {
        CompressedMatrixTests.assertLedger(pool);
        pool.close();
    }

    private ConnectionOptions.Builder options() {
        return ConnectionOptions.builder()
                .maxMessageBytes(LIMIT)
                .maxFragments(ConnectionOptions.UNLIMITED_COUNT)
                .compression(DeflateOptions.defaults())
                .coderPool(pool);
    }

    private HandPlayedPeer peer(boolean server, DeflateParameters parameters) {
        return new HandPlayedPeer(server, options().build(), parameters);
    }

    private static byte[] deflate(byte[] payload) {
        return deflate(payload, payload.length);
    }

    /** {@return the payload as a message, flushed after each so many bytes} */
    private static byte[] deflate(byte[] payload, int flushEach) {
        return Frames.deflate(payload, 9, flushEach);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // ---- the rules of RSV1 ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R7692-P-12+")
    @Tag("R7692-P-15+")
    @Tag("R7692-P-51+")
    void compressedAndPlainMessagesComeInTurn(boolean server) {
        HandPlayedPeer peer = peer(server, ALONE);
        peer.sends(Frames.FIN | RSV1 | Frames.TEXT, HELLO)
                .sends(Frames.FIN | Frames.TEXT, "plain")
                .sends(RSV1 | Frames.TEXT, Arrays.copyOf(HELLO, 3))
                .sends(Frames.FIN | Frames.PING, "between")
                .sends(Frames.FIN, Arrays.copyOfRange(HELLO, 3, 7))
                .sends(Frames.FIN | RSV1 | Frames.BINARY, new byte[1]);

        assertThat(peer.end.events()).containsExactly("TEXT Hello", "TEXT plain", "TEXT Hello", "BINARY 0");
        assertThat(peer.heard()).containsExactly("PONG between");
    }

    @ParameterizedTest
    @ValueSource(ints = {Frames.PING, Frames.PONG, Frames.CLOSE, 0})
    @Tag("R7692-P-12-")
    @Tag("R7692-P-15-")
    void theBitOnAnyOtherFrameEndsTheConnection(int opcode) {
        HandPlayedPeer peer = peer(true, ALONE);
        if (opcode == 0) {
            peer.sends(RSV1 | Frames.TEXT, Arrays.copyOf(HELLO, 3));
        }
        peer.sends(Frames.FIN | RSV1 | opcode, new byte[0]);

        assertThat(peer.heard().get(0)).startsWith("CLOSE 1002");
        peer.ends().passes(5_000);
        assertThat(peer.end.closed().code()).isEqualTo(1002);
    }

    @Test
    void withoutAgreementTheBitEndsTheConnection() {
        HandPlayedPeer peer = peer(true, null);
        peer.sends(Frames.FIN | RSV1 | Frames.TEXT, HELLO);
        assertThat(peer.heard().get(0)).startsWith("CLOSE 1002");
    }

    // ---- context takeover ----

    @Test
    @Tag("R7692-P-47+")
    @Tag("R7692-P-46+")
    void theWindowGoesOnAlsoBehindAFinalBlockAndPlainMessages() {
        HandPlayedPeer peer = peer(true, TAKEOVER);
        byte[] finalHello = {(byte) 0xf3, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00, 0x00};
        byte[] again = {(byte) 0xf2, 0x00, 0x11, 0x00, 0x00};
        peer.sends(Frames.FIN | RSV1 | Frames.TEXT, finalHello)
                .sends(Frames.FIN | Frames.TEXT, "does not touch the window")
                .sends(Frames.FIN | RSV1 | Frames.TEXT, again)
                .sends(Frames.FIN | RSV1 | Frames.TEXT, again);

        assertThat(peer.end.events())
                .containsExactly("TEXT Hello", "TEXT does not touch the window", "TEXT Hello", "TEXT Hello");
    }

    @Test
    @Tag("R7692-P-43-")
    @Tag("R7692-P-44-")
    @Tag("R7692-P-47-")
    @Tag("R7692-P-46-")
    void aReferenceToTheMessageBeforeIsCorruptWhereNoneWasAgreed() {
        HandPlayedPeer peer = peer(true, ALONE);
        peer.sends(Frames.FIN | RSV1 | Frames.TEXT, HELLO)
                .sends(Frames.FIN | RSV1 | Frames.TEXT, new byte[] {(byte) 0xf2, 0x00, 0x11, 0x00, 0x00});

        assertThat(peer.end.events()).containsExactly("TEXT Hello");
        assertThat(peer.heard()).containsExactly("CLOSE 1007 corrupt compressed data");
    }

    // ---- cuts ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R7692-P-55-")
    @Tag("R7692-P-50-")
    void aMessageThatEndsInsideABlockIsRefusedAndNothingFollows(boolean takeover) {
        byte[] message = deflate(utf8("a message that is worth it, is it not? ".repeat(4)));
        for (int length = 0; length < message.length; length++) {
            HandPlayedPeer peer = peer(true, takeover ? TAKEOVER : ALONE);
            peer.sends(Frames.FIN | RSV1 | Frames.BINARY, Arrays.copyOf(message, length))
                    .sends(Frames.FIN | RSV1 | Frames.BINARY, message);
            assertThat(peer.end.events()).as("%d bytes", length).isEmpty();
            assertThat(peer.heard()).containsExactly("CLOSE 1007 corrupt compressed data");
        }
    }

    @Test
    @Tag("R7692-P-39-")
    void aMessageThatKeepsItsTailIsRefused() {
        HandPlayedPeer peer = peer(true, ALONE);
        byte[] tail = {0, 0, (byte) 0xFF, (byte) 0xFF};
        peer.sends(Frames.FIN | RSV1 | Frames.TEXT, Wire.join(HELLO, tail));
        assertThat(peer.end.events()).isEmpty();
        assertThat(peer.heard()).containsExactly("CLOSE 1007 corrupt compressed data");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("R7692-P-17+")
    @Tag("R7692-P-55+")
    void noCutOfTheStreamMakesADifference(boolean partial) {
        SplittableRandom dice = new SplittableRandom(21);
        for (int script = 0; script < 40; script++) {
            byte[] stream = script(dice);
            ConnectionOptions options = options().partialMessages(partial).build();
            List<String> whole = heard(options, stream, Integer.MAX_VALUE, dice);
            assertThat(heard(options, stream, 1, dice))
                    .as("script %d byte by byte", script)
                    .isEqualTo(whole);
            for (int i = 0; i < 5; i++) {
                assertThat(heard(options, stream, 1 + dice.nextInt(200), dice))
                        .as("script %d", script)
                        .isEqualTo(whole);
            }
        }
    }

    /** Messages of all kinds in frames of any size; the last may be broken. */
    private static byte[] script(SplittableRandom dice) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 1 + dice.nextInt(5); i >= 0; i--) {
            byte[] text = utf8("stra\u00dfe \u20ac \ud834\udd1e ".repeat(dice.nextInt(400)) + i);
            if (i == 0 && dice.nextInt(3) == 0) {
                text[dice.nextInt(text.length)] = (byte) 0xFF;
            }
            byte[] message = deflate(text, 1 + dice.nextInt(2_000));
            if (i == 0 && dice.nextInt(3) == 0) {
                message[dice.nextInt(message.length)] ^= (byte) (1 << dice.nextInt(8));
            }
            int byte0 = RSV1 | Frames.TEXT;
            for (int at = 0; at < message.length; ) {
                int length = Math.min(message.length - at, 1 + dice.nextInt(message.length));
                at += length;
                boolean fin = at == message.length;
                ByteBuffer frame = Frames.frame(
                        true, byte0 | (fin ? Frames.FIN : 0), Arrays.copyOfRange(message, at - length, at));
                stream.write(frame.array(), frame.position(), frame.remaining());
                byte0 = 0;
            }
        }
        return stream.toByteArray();
    }

    /** {@return the messages, parts joined, and the Close at the end} */
    private List<String> heard(ConnectionOptions options, byte[] stream, int most, SplittableRandom dice) {
        HandPlayedPeer peer = new HandPlayedPeer(true, options, TAKEOVER);
        for (int at = 0; at < stream.length; ) {
            int length = most == 1 ? 1 : (int) Math.min(stream.length - at, 1 + dice.nextLong(most));
            peer.end.transport().arrive(ByteBuffer.wrap(stream, at, length));
            peer.end.settle();
            at += length;
        }
        List<String> heard = new ArrayList<>();
        StringBuilder parts = new StringBuilder();
        for (String event : peer.end.events()) {
            boolean part = event.startsWith("PART ");
            parts.append(event.substring(part ? "PART TEXT ".length() : "TEXT ".length()));
            if (!part) {
                heard.add(parts.toString());
                parts.setLength(0);
            }
        }
        heard.add("rest " + parts);
        heard.addAll(peer.heard());
        peer.connection().transportClosed();
        peer.end.settle();
        return heard;
    }

    // ---- bombs ----

    private enum Bomb {
        ZEROS(1009),
        NESTED_REPEATS(1009),
        EMPTY_STORED_BLOCKS(1009),
        EMPTY_FINAL_BLOCKS(1009),
        LIMIT_THEN_GARBAGE(1009),
        GARBAGE(1007),
        CUT_BLOCK(1007),
        BEYOND_THE_FIRST_BYTE(1007),
        BEYOND_AFTER_FINAL_BLOCK(1007),
        RATIO_OVER(1009),
        LATE_BAD_UTF8(1007),
        NO_PAYLOAD(1007);

        private final int status;

        Bomb(int status) {
            this.status = status;
        }

        byte[] message() {
            return switch (this) {
                case ZEROS -> deflate(new byte[64 << 20]);
                case NESTED_REPEATS -> deflate(utf8("abcdefgh".repeat(1 << 17)), 9_999);
                case EMPTY_STORED_BLOCKS -> repeat(new byte[] {0, 0, 0, (byte) 0xFF, (byte) 0xFF}, LIMIT);
                case EMPTY_FINAL_BLOCKS -> repeat(new byte[] {3, 0}, LIMIT);
                case LIMIT_THEN_GARBAGE -> Wire.join(deflate(new byte[LIMIT + 1], 1 << 14), new byte[] {-1, -1, -1});
                case GARBAGE -> new byte[] {-1, -1, -1};
                case CUT_BLOCK -> Arrays.copyOf(deflate(new byte[50_000]), 30);
                case BEYOND_THE_FIRST_BYTE -> new byte[] {(byte) 0xf2, 0x00, 0x11, 0x00, 0x00};
                case BEYOND_AFTER_FINAL_BLOCK ->
                    Wire.join(new byte[] {3, 0}, new byte[] {(byte) 0xf2, 0x00, 0x11, 0, 0});
                case RATIO_OVER -> deflate(new byte[200 << 10]);
                case LATE_BAD_UTF8 -> deflate(Wire.join(utf8(prose(60_000)), new byte[] {(byte) 0xC0}));
                case NO_PAYLOAD -> new byte[0];
            };
        }

        private static byte[] repeat(byte[] block, int length) {
            byte[] all = new byte[length + 1_000];
            for (int i = 0; i < all.length; i++) {
                all[i] = block[i % block.length];
            }
            return all;
        }
    }

    private static String prose(int length) {
        SplittableRandom dice = new SplittableRandom(3);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append((char) ('a' + dice.nextInt(26)));
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(Bomb.class)
    @Tag("R7692-P-54-")
    @Tag("R7692-P-40-")
    void noBombTakesMoreMemoryThanTheLimit(Bomb bomb) {
        for (int fragmentBytes : new int[] {Integer.MAX_VALUE, 1_000, 1}) {
            if (fragmentBytes == 1 && bomb.message().length > 5_000) {
                continue;
            }
            HandPlayedPeer peer = peer(true, TAKEOVER);
            long before = RetainedBytes.of(peer.connection(), pool, peer.end);
            byte[] message = bomb.message();
            int most = 0;
            int byte0 = RSV1 | Frames.TEXT;
            for (int at = 0; at < message.length || at == 0; at += most) {
                most = Math.min(fragmentBytes, message.length - at);
                boolean fin = at + most == message.length;
                peer.sends(byte0 | (fin ? Frames.FIN : 0), Arrays.copyOfRange(message, at, at + most));
                byte0 = 0;
                if (fragmentBytes > 1) {
                    assertThat(RetainedBytes.of(peer.connection(), pool, peer.end) - before)
                            .isLessThanOrEqualTo(LIMIT + CODER_BYTES);
                }
                if (fin || !peer.connection().isOpen() || at > 600_000) {
                    break;
                }
            }
            assertThat(peer.end.events()).noneMatch(event -> event.startsWith("TEXT"));
            assertThat(pool.inflatersInUse())
                    .as("terminal before anybody hears of it")
                    .isZero();
            assertThat(peer.heard()).singleElement().asString().startsWith("CLOSE " + bomb.status);
        }
    }

    @Test
    @Tag("R7692-P-54+")
    @Tag("R7692-P-40+")
    void whatIsJustWithinLimitsIsDelivered() {
        HandPlayedPeer peer = peer(true, ALONE);
        peer.sends(Frames.FIN | RSV1 | Frames.BINARY, deflate(new byte[64 << 10]));
        byte[] noise = new byte[LIMIT];
        new SplittableRandom(1).nextBytes(noise);
        peer.sends(Frames.FIN | RSV1 | Frames.BINARY, deflate(noise));
        byte[] mixed = Arrays.copyOf(noise, LIMIT);
        Arrays.fill(mixed, 5_000, LIMIT, (byte) 0);
        peer.sends(Frames.FIN | RSV1 | Frames.BINARY, deflate(mixed));

        assertThat(peer.end.events()).containsExactly("BINARY 65536", "BINARY " + LIMIT, "BINARY " + LIMIT);
    }

    // ---- ends ----

    @Test
    void whateverEndsTheConnectionTheCoderComesBack() {
        byte[] part = Arrays.copyOf(HELLO, 4);
        for (int way = 0; way < 5; way++) {
            HandPlayedPeer peer = peer(true, TAKEOVER);
            peer.sends(RSV1 | Frames.TEXT, part);
            assertThat(pool.inflatersInUse()).isEqualTo(1);
            switch (way) {
                case 0 -> peer.connection().abort();
                case 1 -> peer.ends();
                case 2 -> peer.closes(1000, "");
                case 3 -> peer.connection().transportFailed(new java.io.IOException("gone"));
                default -> peer.sends(0x83, "reserved opcode");
            }
            peer.end.settle();
            peer.ends().passes(60_000);
            assertThat(peer.end.isClosed()).isTrue();
            assertThat(pool.inflatersInUse()).isZero();
        }
    }

    @Test
    void aPayloadThatIsLookedAtStaysWhenTheConnectionEnds() {
        HandPlayedPeer peer = peer(true, ALONE);
        peer.end.onBinaryDo(payload -> {
            peer.connection().transportFailed(new java.io.IOException("gone"));
            assertThat(pool.inflatersInUse()).isEqualTo(1);
            assertThat(StandardCharsets.UTF_8.decode(payload.duplicate()).toString())
                    .isEqualTo("Hello");
        });
        peer.sends(Frames.FIN | RSV1 | Frames.BINARY, HELLO);
        assertThat(peer.end.events()).containsExactly("BINARY 5", "CLOSED 1006");
    }

    @Test
    void partsOfAMessageOfAnySizePassInBoundedMemory() {
        ConnectionOptions options = ConnectionOptions.builder()
                .partialMessages(true)
                .compression(DeflateOptions.builder()
                        .maxRatio(DeflateOptions.UNLIMITED_RATIO)
                        .build())
                .coderPool(pool)
                .build();
        HandPlayedPeer peer = new HandPlayedPeer(false, options, ALONE);
        long[] received = {0};
        int[] longest = {0};
        peer.end.onBinaryDo(part -> {
            received[0] += part.remaining();
            longest[0] = Math.max(longest[0], part.remaining());
        });
        peer.sends(Frames.FIN | RSV1 | Frames.BINARY, deflate(new byte[20 << 20]));
        assertThat(received[0]).isEqualTo(20 << 20);
        assertThat(longest[0]).isLessThanOrEqualTo(16 << 10);
    }

    // ---- UTF-8 ----

    @Test
    @Tag("R7692-P-17-")
    void textThatEndsInsideACodePointIsRefusedAlsoWhenTheEndComesAlone() {
        byte[] message = deflate(new byte[] {'a', (byte) 0xE2, (byte) 0x82});
        HandPlayedPeer whole = peer(true, ALONE);
        whole.sends(Frames.FIN | RSV1 | Frames.TEXT, message);
        HandPlayedPeer apart = peer(true, ALONE);
        apart.sends(RSV1 | Frames.TEXT, Arrays.copyOf(message, message.length - 1))
                .sends(Frames.FIN, new byte[] {message[message.length - 1]});
        HandPlayedPeer atOnce = peer(true, ALONE);
        atOnce.sends(Frames.FIN | RSV1 | Frames.TEXT, deflate(new byte[] {(byte) 0xFF}));
        for (HandPlayedPeer peer : List.of(whole, apart, atOnce)) {
            assertThat(peer.heard()).singleElement().asString().startsWith("CLOSE 1007");
            assertThat(peer.end.events()).isEmpty();
        }
    }

    @Test
    void textIsNotVerifiedWhereThatIsOff() {
        HandPlayedPeer peer = new HandPlayedPeer(
                true,
                options().build(),
                HandleOptions.builder().disableUtf8Verification(true).build(),
                ALONE);
        peer.sends(Frames.FIN | RSV1 | Frames.TEXT, deflate(new byte[] {'a', (byte) 0xFF}));
        assertThat(peer.end.events()).containsExactly("TEXT a\ufffd");
    }

    // ---- slices ----

    @Test
    @Tag("R6455-Q-06-")
    void aLimitLoweredBetweenTwoSlicesStopsTheMessage() {
        HandPlayedPeer peer =
                new HandPlayedPeer(true, options().partialMessages(true).build(), ALONE);
        peer.end.onBinaryDo(slice -> peer.connection().limitBinary(20_000));
        peer.sends(Frames.FIN | RSV1 | Frames.BINARY, deflate(new byte[100_000]));
        assertThat(peer.end.events()).singleElement().asString().startsWith("PART BINARY");
        assertThat(peer.heard()).containsExactly("CLOSE 1009 message too big");
    }

    @Test
    void aPauseBetweenTwoSlicesLosesNothing() {
        ConnectionOptions options = options().partialMessages(true).build();
        WebSocketConnection connection = WebSocketConnection.open(
                OpenHandle.of(true, options.handleOptions(HandleOptions.defaults())),
                options,
                ALONE,
                (context, outcome) -> {},
                () -> {},
                0);
        connection.feed(Frames.frame(true, Frames.FIN | RSV1 | Frames.BINARY, deflate(new byte[40_000])));
        int received = 0;
        while (connection.nextEvent() == ConnectionEvent.BINARY) {
            received += connection.payload().remaining();
            connection.pauseReading();
            assertThat(connection.nextEvent()).isEqualTo(ConnectionEvent.NONE);
            connection.resumeReading();
            assertThat(connection.wantsWrite()).isFalse();
        }
        assertThat(received).isEqualTo(40_000);
        connection.transportClosed();
        connection.nextEvent();
    }
}

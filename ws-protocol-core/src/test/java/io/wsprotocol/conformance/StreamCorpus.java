package io.wsprotocol.conformance;

import io.wsprotocol.fixture.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Streams of at most 512 bytes that a peer could send, right and wrong, each made by a dice from its number. */
public final class StreamCorpus {

    /** A stream and who receives it. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares streams
    public record Stream(int number, boolean server, byte[] bytes) {

        @Override
        public String toString() {
            return "stream " + number + (server ? " to a server: " : " to a client: ") + Wire.hex(bytes);
        }
    }

    private static final int MOST_BYTES = 512;

    /** Pieces of text, whole and broken, that meet every state of a verifier. */
    private static final List<byte[]> TEXTS = List.of(
            utf8(""),
            utf8("a"),
            utf8("plain ASCII that is longer than one word of a vector"),
            utf8("\u00e9"),
            utf8("\u20ac\u20ac"),
            utf8("\ud834\udd1e"),
            utf8("x\ud83d\ude00y\u00df"),
            utf8("\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff"),
            Wire.hex("F48FBFBF"),
            Wire.hex("E282"), // cut, right when the next fragment goes on with AC
            Wire.hex("AC"),
            Wire.hex("F09D84"),
            Wire.hex("9E"),
            Wire.hex("C080"),
            Wire.hex("EDA080"),
            Wire.hex("F4908080"),
            Wire.hex("6180"),
            Wire.hex("FF"));

    private final SplittableRandom dice;
    private final boolean server;
    private final List<byte[]> frames = new ArrayList<>();
    private int length;
    private boolean inMessage;
    private boolean text;

    private StreamCorpus(int number) {
        dice = new SplittableRandom(number);
        server = dice.nextBoolean();
    }

    /** {@return the stream with that number} */
    public static Stream stream(int number) {
        StreamCorpus maker = new StreamCorpus(number);
        return new Stream(number, maker.server, maker.make());
    }

    private byte[] make() {
        int count = 1 + dice.nextInt(dice.nextBoolean() ? 4 : 12);
        int most = dice.nextInt(3) == 0 ? 90 : MOST_BYTES;
        for (int i = 0; i < count; i++) {
            Wire drawn = next();
            byte[] frame = (server ? drawn.masked(dice.nextInt()) : drawn).bytes();
            if (length + frame.length > most) {
                break;
            }
            length += frame.length;
            frames.add(frame);
        }
        byte[] stream = Wire.join(frames.toArray(byte[][]::new));
        if (stream.length > 0 && dice.nextInt(4) == 0) {
            stream[dice.nextInt(stream.length)] ^= (byte) (1 << dice.nextInt(8));
        }
        return stream;
    }

    private Wire next() {
        return switch (dice.nextInt(14)) {
            case 0 -> Wire.frame(0x9, random(dice.nextInt(dice.nextBoolean() ? 5 : 126)));
            case 1 -> Wire.frame(0xA, random(dice.nextInt(9)));
            case 2 -> close();
            case 3 -> wrong();
            default -> data();
        };
    }

    private Wire data() {
        boolean first = !inMessage || dice.nextInt(40) == 0;
        text = first ? dice.nextInt(4) > 0 : text;
        byte[] payload =
                text ? TEXTS.get(dice.nextInt(dice.nextInt(3) == 0 ? TEXTS.size() : 9)) : random(dice.nextInt(150));
        Wire frame = Wire.frame(first ? (text ? 1 : 2) : 0, payload);
        inMessage = dice.nextInt(3) == 0;
        return inMessage ? frame.unfinished() : frame;
    }

    private Wire close() {
        return switch (dice.nextInt(5)) {
            case 0 -> Wire.closeBody();
            case 1 -> Wire.close(1000, "");
            case 2 -> Wire.close(3000 + dice.nextInt(2_100), "\u20ac bye");
            case 3 -> Wire.closeBody((byte) 3);
            default -> Wire.closeBody((byte) 3, (byte) 0xE8, (byte) 0xE2, (byte) dice.nextInt());
        };
    }

    private Wire wrong() {
        return switch (dice.nextInt(6)) {
            case 0 -> Wire.frame(3 + dice.nextInt(5), random(2));
            case 1 -> Wire.binary().rsv(0x10 << dice.nextInt(3));
            case 2 -> Wire.continuation((byte) 1);
            case 3 -> Wire.frame(9, random(2)).unfinished();
            case 4 -> Wire.binary(random(dice.nextInt(126))).lengthBytes(dice.nextBoolean() ? 2 : 8);
            default -> Wire.binary().declaring(dice.nextLong()).lengthBytes(8);
        };
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[count];
        dice.nextBytes(bytes);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.deflate.MessageInflater;
import io.wsprotocol.deflate.MessageInflater.Result;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Harness: one compressed message (RFC 7692 §7.2.2, RFC 1951). The first byte of the input says how it is cut and how large the window is,
 * the others are the message. Oracles: the JDK's inflater, byte for byte as far as the message is right; an end only where a block that
 * follows is understood; a limit of bytes, of steps and of memory; the coder is back.
 */
public final class Inflate {

    private static final int MOST_BYTES = 100_000;
    private static final int[] CUTS = {Integer.MAX_VALUE, 1, 3, 16};
    private static final int[] WINDOW_BITS = {15, 15, 8, 10};
    private static final DeflateOptions OPTIONS =
            DeflateOptions.builder().maxRatio(DeflateOptions.UNLIMITED_RATIO).build();
    private static final CoderPool POOL = new CoderPool(1);
    private static final AllocationCeiling CEILING = new AllocationCeiling(64 << 10);
    private static final Consumer<byte[]> JUDGE = Inflate::judge;
    private static final byte[] OURS = new byte[MOST_BYTES];
    private static final byte[] THEIRS = new byte[MOST_BYTES];
    private static final Inflater JDK = new Inflater(true);

    /** What the sender dropped from the end of the message (RFC 7692 §7.2.1). */
    private static final byte[] TAIL = {0, 0, -1, -1};

    /** A last block with one byte. */
    private static final byte[] PROBE = {1, 1, 0, -2, -1, 0x5A};

    private Inflate() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            CEILING.run(JUDGE, input);
        }
    }

    private static void judge(byte[] input) {
        int bits = WINDOW_BITS[input[0] >> 2 & 3];
        MessageInflater inflater =
                new MessageInflater(new DeflateParameters(bits, bits, true, true), OPTIONS, true, POOL);
        inflater.begin();
        int cut = CUTS[input[0] & 3];
        int given = 1;
        int out = 0;
        Result result = Result.NEEDS_INPUT;
        for (int step = 0; result == Result.NEEDS_INPUT || result == Result.SLICE; step++) {
            check(step < 2 * input.length + 16, "an inflater makes no progress");
            if (result == Result.NEEDS_INPUT) {
                check(step == 0 || given < input.length, "an inflater wants more than the whole message");
                int count = Math.min(cut, input.length - given);
                inflater.input(ByteBuffer.wrap(input, given, count), given + count == input.length, MOST_BYTES);
                given += count;
            }
            result = inflater.next();
            if (result == Result.SLICE || result == Result.END) {
                ByteBuffer slice = inflater.slice();
                check(slice.remaining() <= MOST_BYTES - out, "an inflater gives more than it may");
                int bytes = slice.remaining();
                slice.get(OURS, out, bytes);
                out += bytes;
            }
        }
        inflater.release();
        check(POOL.inflatersInUse() == 0, "an inflater keeps its coder");
        compare(input, result, out, bits == DeflateParameters.MOST_BITS);
    }

    private static void compare(byte[] input, Result result, int out, boolean wholeWindow) {
        JDK.reset();
        int length = jdk(input, 1, input.length - 1);
        boolean corrupt = length < 0;
        int right = corrupt ? -1 - length : length;
        check(out <= right || JDK.finished(), "bytes came out of what is no message");
        int common = Math.min(out, right);
        check(Arrays.equals(OURS, 0, common, THEIRS, 0, common), "other bytes came out than from the JDK");
        if (!wholeWindow || JDK.finished() || right == MOST_BYTES || result == Result.TOO_BIG) {
            return; // the JDK knows no smaller window, nothing behind a last block, and no limit
        }
        // When a fault shows is a matter of taste: the JDK reads on behind a code without symbols. Whether there is one
        // is not
        check(corrupt || result == Result.CORRUPT || out == right, "bytes are missing");
        check((result == Result.END) == (!corrupt && endsWell()), "a message is judged in another way than by the JDK");
    }

    /** {@return the bytes that came out, or less than zero, by one more, when the rest is no DEFLATE} */
    private static int jdk(byte[] bytes, int from, int length) {
        int out = 0;
        try {
            JDK.setInput(bytes, from, length);
            int more = -1;
            while (more != 0 && out < MOST_BYTES) {
                more = JDK.inflate(THEIRS, out, MOST_BYTES - out);
                out += more;
            }
            return out;
        } catch (DataFormatException e) {
            return -1 - (int) JDK.getBytesWritten();
        }
    }

    /** {@return whether the tail ends the message: nothing comes out of it, and it was the last or what follows is read as it stands} */
    private static boolean endsWell() {
        if (jdk(TAIL, 0, TAIL.length) != 0 || JDK.getRemaining() > 0) {
            return false;
        }
        return JDK.finished() || (jdk(PROBE, 0, PROBE.length) == 1 && THEIRS[0] == 0x5A && JDK.finished());
    }
}

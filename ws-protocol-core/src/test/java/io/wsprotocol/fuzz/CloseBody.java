package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.wire.ClosePayload;
import io.wsprotocol.wire.Fault;
import io.wsprotocol.wire.Utf8Verifier;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Harness: bodies of Close frames and UTF-8 (RFC 6455 §5.5.1, §7.4, §8.1). The first byte of the input says how the text is cut, the
 * others are the body. Oracles: the JDK's decoder, a model by arithmetic, whole against cut, and encoding again.
 */
public final class CloseBody {

    private static final int MOST_BYTES = 125;
    private static final byte[] ENCODED = new byte[2 + ClosePayload.MAX_REASON_BYTES];
    private static final PlainUtf8 MODEL = new PlainUtf8();
    private static final Utf8Verifier VERIFIER = new Utf8Verifier();
    private static final CharBuffer CHARACTERS = CharBuffer.allocate(4096);
    private static final CharsetDecoder DECODER = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    private CloseBody() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int length = input.length - 1;
        utf8(input, 1, length, 1 + (input[0] & 0x1F));
        if (length <= MOST_BYTES) {
            close(input, length);
        }
    }

    private static void utf8(byte[] input, int from, int length, int cut) {
        int impossible = modelOf(input, from, length);
        boolean complete = impossible < 0 && MODEL.complete();
        check(complete == jdk(input, from, length), "the model and the JDK disagree about UTF-8");
        check(complete == Utf8Verifier.isValid(input, from, length), "isValid is wrong");
        VERIFIER.reset();
        check(VERIFIER.accept(input, from, length) == impossible, "the first impossible byte of the whole is wrong");
        check(VERIFIER.atBoundary() == complete, "the boundary of the whole is wrong");
        VERIFIER.reset();
        int found = Utf8Verifier.VALID;
        int given = 0;
        while (given < length && found == Utf8Verifier.VALID) {
            int piece = Math.min(cut, length - given);
            int bad = VERIFIER.accept(input, from + given, piece);
            found = bad == Utf8Verifier.VALID ? bad : given + bad;
            given += piece;
        }
        check(found == impossible, "the first impossible byte of the pieces is wrong");
        check(VERIFIER.atBoundary() == complete, "the boundary of the pieces is wrong");
        check(found < 0 || VERIFIER.accept(input, from, length) == 0, "a refused text became right again");
    }

    private static int modelOf(byte[] input, int from, int length) {
        MODEL.reset();
        for (int i = 0; i < length; i++) {
            if (!MODEL.take(input[from + i])) {
                return i;
            }
        }
        return Utf8Verifier.VALID;
    }

    private static boolean jdk(byte[] input, int from, int length) {
        DECODER.reset();
        CHARACTERS.clear();
        return DECODER.decode(ByteBuffer.wrap(input, from, length), CHARACTERS, true)
                .isUnderflow();
    }

    private static void close(byte[] input, int length) {
        int strict = ClosePayload.decode(input, 1, length, true);
        check(strict == expected(input, length, true), "the decoded body is wrong");
        int lax = ClosePayload.decode(input, 1, length, false);
        check(lax == expected(input, length, false), "the body decoded without a look at the reason is wrong");
        if (lax > 0) {
            int reason = Math.max(0, length - 2);
            Arrays.fill(ENCODED, (byte) 0);
            int size = ClosePayload.encode(ENCODED, 0, lax, input, Math.min(3, input.length), reason);
            check(Arrays.equals(ENCODED, 0, size, input, 1, input.length), "encoding again gives another body");
        } else if (length >= 2) {
            check(refuses(input), "a status that may not be received can be sent");
        }
    }

    private static int expected(byte[] input, int length, boolean verify) {
        if (length < 2) {
            return length == 0 ? 1005 : Fault.CLOSE_BODY_ONE_BYTE;
        }
        int status = (input[1] & 0xFF) * 256 + (input[2] & 0xFF);
        if (!isAssigned(status)) {
            return Fault.CLOSE_STATUS_INVALID;
        }
        boolean valid = !verify || (modelOf(input, 3, length - 2) < 0 && MODEL.complete());
        return valid ? status : Fault.CLOSE_REASON_NOT_UTF8;
    }

    /** RFC 6455 §7.4 and the registry of §11.7: 1004 has no meaning, 1005, 1006 and 1015 never stand on the wire. */
    static boolean isAssigned(int status) {
        int thousand = status / 1000;
        int rest = status % 1000;
        return thousand == 3 || thousand == 4 || (thousand == 1 && rest <= 14 && (rest < 4 || rest > 6));
    }

    private static boolean refuses(byte[] input) {
        int status = (input[1] & 0xFF) * 256 + (input[2] & 0xFF);
        if (status == ClosePayload.NO_STATUS) {
            return true; // means the empty body there
        }
        try {
            ClosePayload.encode(ENCODED, 0, status, input, 1, 0);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}

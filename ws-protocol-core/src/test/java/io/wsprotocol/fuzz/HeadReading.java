package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.http.HeadException;
import io.wsprotocol.http.HeadReader;
import io.wsprotocol.http.HeadWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a head in pieces and compares what comes of it with {@link HeadModel}: refusal and place, or parts and how many bytes were
 * taken. A head that is right is written and read again. Not thread-safe: confine to one thread or guard with one lock.
 */
final class HeadReading {

    private static final HeadReader.Limits TIGHT = new HeadReader.Limits(120, 3, 40);
    private static final int[] CUTS = {Integer.MAX_VALUE, 1, 2, 7, 16, 31, 64, Integer.MAX_VALUE};

    private final boolean request;
    private final HeadReader.Kind kind;
    final HeadModel model;
    private int at;

    HeadReading(boolean request) {
        this.request = request;
        this.kind = request ? HeadReader.Kind.REQUEST : HeadReader.Kind.RESPONSE;
        this.model = new HeadModel(request);
    }

    /** {@return whether the head is complete} The first byte of the input chooses limits and cuts, the others are the head. */
    boolean read(byte[] input) {
        HeadReader.Limits limits = (input[0] & 8) == 0 ? HeadReader.Limits.DEFAULT : TIGHT;
        model.read(input, 1, limits);
        HeadReader reader = new HeadReader(kind, limits);
        ByteBuffer bytes = ByteBuffer.wrap(input, 1, 0);
        HeadException refusal = feed(reader, bytes, input.length, CUTS[input[0] & 7]);
        check((refusal == null ? null : refusal.rule()) == model.broken, "a head is judged in another way");
        if (refusal != null) {
            check(refusal.position() == model.position, "a refusal names another place");
            check((input[0] & 0x70) != 0 || isRepeated(refusal, reader, bytes), "a refusal is forgotten");
            return false;
        }
        if (model.complete()) {
            check(bytes.position() == 1 + model.length, "a complete head took more or fewer bytes than it has");
            compare(reader);
            byte[] written = writeAgain(reader);
            check(Arrays.equals(written, canonical()), "a head is written in another form");
            HeadReader again = new HeadReader(kind, HeadReader.Limits.DEFAULT);
            check(
                    feed(again, ByteBuffer.wrap(written, 0, 0), written.length, Integer.MAX_VALUE) == null,
                    "a head of ours is refused");
            compare(again);
        } else {
            check(bytes.position() == input.length, "a reader that waits for more left bytes");
        }
        return model.complete();
    }

    private static @Nullable HeadException feed(HeadReader reader, ByteBuffer bytes, int end, int cut) {
        try {
            boolean complete = false;
            while (!complete && bytes.position() < end) {
                bytes.limit((int) Math.min(end, (long) bytes.position() + cut));
                complete = reader.accept(bytes);
                check(complete || !bytes.hasRemaining(), "a reader that is not complete left bytes");
            }
            return null;
        } catch (HeadException e) {
            return e;
        }
    }

    private static boolean isRepeated(HeadException refusal, HeadReader reader, ByteBuffer bytes) {
        try {
            reader.accept(bytes);
            return false;
        } catch (HeadException e) {
            return e == refusal;
        }
    }

    private void compare(HeadReader reader) {
        at = 0;
        reader.fields((name, value) -> {
            check(model.fields.get(at++).equals(name), "the name of a field is another");
            check(model.fields.get(at++).equals(value), "the value of a field is another");
        });
        check(at == model.fields.size(), "a field is lost");
        if (request) {
            check(reader.method().equals(model.start[0]), "the method is another");
            check(reader.target().equals(model.start[1]), "the target is another");
        } else {
            check(reader.status() == Integer.parseInt(model.start[1]), "the status is another");
            check(reader.reason().equals(model.start[2]), "the reason is another");
        }
    }

    private byte[] writeAgain(HeadReader reader) {
        check(reader.minorVersion() == model.minorVersion(), "the version is another");
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        reader.fields((name, value) -> fields.add(Map.entry(name, value)));
        return request
                ? HeadWriter.request(reader.method(), reader.target(), fields)
                : HeadWriter.response(reader.status(), reader.reason(), fields);
    }

    private byte[] canonical() {
        StringBuilder head = new StringBuilder();
        if (request) {
            head.append(model.start[0]).append(' ').append(model.start[1]).append(" HTTP/1.1\r\n");
        } else {
            head.append("HTTP/1.1 ")
                    .append(model.start[1])
                    .append(' ')
                    .append(model.start[2])
                    .append("\r\n");
        }
        for (int i = 0; i < model.fields.size(); i += 2) {
            head.append(model.fields.get(i))
                    .append(": ")
                    .append(model.fields.get(i + 1))
                    .append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}

package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.deflate.DeflateOptions;
import io.wsprotocol.deflate.DeflateParameters;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Harness: how two ends agree on permessage-deflate (RFC 7692 §7.1). Two bytes of the input are what server and client want, the others
 * the value of {@code Sec-WebSocket-Extensions}, once taken as a request's and once as an answer's. Oracles: a model of the parameters
 * by counting, and agreement: a client of ours takes whatever a server of ours says to its offer, and means the same by it.
 */
public final class DeflateHandshake {

    private static final AllocationCeiling CEILING = new AllocationCeiling(96 << 10);
    private static final Consumer<byte[]> JUDGE = DeflateHandshake::judge;
    private static final List<String> NAMES = List.of(
            "server_no_context_takeover",
            "client_no_context_takeover",
            "server_max_window_bits",
            "client_max_window_bits");
    private static final String ABSENT = "";
    private static final String BARE = "-";

    private DeflateHandshake() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 1) {
            CEILING.run(JUDGE, input);
        }
    }

    private static void judge(byte[] input) {
        DeflateOptions server = options(input[0]);
        DeflateOptions client = options(input[1]);
        agree(server, client);
        String header = new String(input, 2, input.length - 2, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < header.length(); i++) {
            if (header.charAt(i) < ' ' || header.charAt(i) > '~') {
                return;
            }
        }
        request(server, header);
        answer(client, header);
    }

    private static DeflateOptions options(int choice) {
        return DeflateOptions.builder()
                .serverContextTakeover((choice & 1) != 0)
                .clientContextTakeover((choice & 2) != 0)
                .serverMaxWindowBits(15 - (choice >> 2 & 7))
                .clientMaxWindowBits(15 - (choice >> 5 & 7))
                .build();
    }

    private static void agree(DeflateOptions server, DeflateOptions client) {
        HttpHeader offer = new HttpHeader("Sec-WebSocket-Extensions", DeflateNegotiation.offer(client));
        Agreement agreement = DeflateNegotiation.answer(server, List.of(offer));
        check(agreement != null, "a server of ours declines what a client of ours offers");
        DeflateParameters theirs = DeflateNegotiation.judge(client, result(agreement.extension()));
        DeflateParameters ours = agreement.parameters();
        check(theirs != null && theirs.clientMaxWindowBits() <= ours.clientMaxWindowBits(), "a client uses too much");
        check(ours.serverMaxWindowBits() <= theirs.serverMaxWindowBits(), "a server uses more than the client expects");
        check(!theirs.serverNoContextTakeover() || ours.serverNoContextTakeover(), "a server keeps a context");
        check(!ours.clientNoContextTakeover() || theirs.clientNoContextTakeover(), "a client keeps a context");
    }

    private static HandshakeResult result(String extension) {
        return new HandshakeResult(null, OptionalInt.empty(), List.of(extension), List.of(0));
    }

    private static void request(DeflateOptions options, String header) {
        List<HttpHeader> headers = List.of(new HttpHeader("sec-websocket-extensions", header));
        Agreement agreement = DeflateNegotiation.answer(options, headers);
        List<String> offers = HeaderModel.extensions(List.of(headers.get(0).value()), 2048, 8);
        DeflateParameters expected = null;
        for (int i = 0; offers != null && i < offers.size() && expected == null; i++) {
            String[] terms = terms(offers.get(i), true);
            expected = terms == null ? null : accepted(options, terms);
        }
        check(
                expected == null ? agreement == null : agreement != null && expected.equals(agreement.parameters()),
                "a server agrees to something else");
    }

    private static DeflateParameters accepted(DeflateOptions options, String[] terms) {
        return new DeflateParameters(
                Math.min(bits(terms[2]), options.serverMaxWindowBits()),
                terms[3].equals(ABSENT) ? 15 : Math.min(bits(terms[3]), options.clientMaxWindowBits()),
                !terms[0].equals(ABSENT) || !options.serverContextTakeover(),
                !terms[1].equals(ABSENT) || !options.clientContextTakeover());
    }

    private static int bits(String term) {
        return term.equals(ABSENT) || term.equals(BARE) ? 15 : Integer.parseInt(term);
    }

    /** {@return the four parameters as {@link #ABSENT}, {@link #BARE} or their value; null when these are none} */
    private static String @Nullable [] terms(String extension, boolean offer) {
        String[] parts = extension.split(";", -1);
        String[] terms = {ABSENT, ABSENT, ABSENT, ABSENT};
        if (!parts[0].equals("permessage-deflate")) {
            return null;
        }
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            int which = NAMES.indexOf(equals < 0 ? parts[i] : parts[i].substring(0, equals));
            String value = equals < 0 ? BARE : parts[i].substring(equals + 1);
            boolean right = equals < 0 ? which < 2 || (which == 3 && offer) : which >= 2 && isWindow(value);
            if (which < 0 || !terms[which].equals(ABSENT) || !right) {
                return null;
            }
            terms[which] = value;
        }
        return terms;
    }

    private static boolean isWindow(String value) {
        return HeaderModel.isVersion(value) && Integer.parseInt(value) >= 8 && Integer.parseInt(value) <= 15;
    }

    private static void answer(DeflateOptions options, String header) {
        List<String> answers = HeaderModel.extensions(List.of(header), 1024, 4);
        if (answers == null
                || answers.size() != 1
                || !answers.get(0).split(";", 2)[0].equals("permessage-deflate")) {
            return; // the handshake has seen to that
        }
        DeflateParameters expected = judged(options, terms(answers.get(0), false));
        try {
            DeflateParameters actual = DeflateNegotiation.judge(options, result(header));
            check(expected != null && expected.equals(actual), "a client takes an answer in another way");
        } catch (WebSocketHandshakeException e) {
            check(expected == null, "a client refuses a right answer");
        }
    }

    private static @Nullable DeflateParameters judged(DeflateOptions options, String @Nullable [] terms) {
        if (terms == null) {
            return null;
        }
        boolean fresh = !terms[0].equals(ABSENT);
        boolean missing = !options.serverContextTakeover() && !fresh;
        if (missing || bits(terms[2]) > options.serverMaxWindowBits()) {
            return null;
        }
        return new DeflateParameters(
                bits(terms[2]),
                Math.min(bits(terms[3]), options.clientMaxWindowBits()),
                fresh,
                !terms[1].equals(ABSENT) || !options.clientContextTakeover());
    }
}

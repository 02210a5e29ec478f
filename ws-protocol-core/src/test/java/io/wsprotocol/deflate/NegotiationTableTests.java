package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every combination of every form of the four parameters, as an offer to our server and as an answer to our client, against an oracle that
 * works on the text alone: 17 forms each, 83,521 rows per direction and set of options.
 */
class NegotiationTableTests {

    private static final List<String> NAMES = List.of(
            "server_no_context_takeover",
            "client_no_context_takeover",
            "server_max_window_bits",
            "client_max_window_bits");

    /** How one parameter may stand there; {@code %} is its name. */
    private static final List<String> FORMS = List.of(
            "",
            ";%",
            ";%=7",
            ";%=8",
            ";%=9",
            ";%=10",
            ";%=11",
            ";%=12",
            ";%=13",
            ";%=14",
            ";%=15",
            ";%=16",
            ";%=08",
            ";%=+9",
            ";%=\"9\"",
            ";%=",
            ";%;%");

    private static final int ROWS = 83_521;
    private static final Pattern BITS = Pattern.compile("[89]|1[0-5]|\"[89]\"");

    private static List<DeflateOptions> options() {
        return List.of(
                DeflateOptions.defaults(),
                options(15, 15, true, true),
                options(10, 12, true, false),
                options(8, 8, false, true));
    }

    private static DeflateOptions options(int server, int client, boolean serverTakeover, boolean clientTakeover) {
        return DeflateOptions.builder()
                .serverMaxWindowBits(server)
                .clientMaxWindowBits(client)
                .serverContextTakeover(serverTakeover)
                .clientContextTakeover(clientTakeover)
                .build();
    }

    private static List<String> table() {
        List<String> rows = List.of("");
        for (String name : NAMES) {
            List<String> longer = new ArrayList<>(rows.size() * FORMS.size());
            for (String row : rows) {
                FORMS.forEach(form -> longer.add(row + form.replace("%", name)));
            }
            rows = longer;
        }
        assertThat(rows).hasSize(ROWS);
        return rows;
    }

    /** Each parameter with what stands behind it; null when the terms are malformed in themselves, in either direction. */
    private static @Nullable Map<String, String> wellFormed(String row, boolean offer) {
        Map<String, String> terms = new TreeMap<>();
        for (String part : row.isEmpty() ? new String[0] : row.substring(1).split(";")) {
            String name = part.replaceFirst("=.*", "");
            String value = part.substring(name.length());
            boolean known = name.endsWith("_takeover")
                    ? value.isEmpty()
                    : value.isEmpty()
                            ? offer && name.startsWith("client")
                            : BITS.matcher(value.substring(1)).matches();
            if (!known || terms.put(name, value.replaceAll("[=\"]", "")) != null) {
                return null;
            }
        }
        return terms;
    }

    private static int bits(Map<String, String> terms, String name) {
        String value = terms.getOrDefault(name, "");
        return value.isEmpty() ? 15 : Integer.parseInt(value);
    }

    @ParameterizedTest
    @MethodSource("options")
    @Tag("R7692-P-02+-")
    @Tag("R7692-P-08+-")
    @Tag("R7692-P-18+-")
    @Tag("R7692-P-19+-")
    @Tag("R7692-P-20+-")
    @Tag("R7692-P-21+-")
    @Tag("R7692-P-26+-")
    @Tag("R7692-P-27+-")
    @Tag("R7692-P-28+-")
    @Tag("R7692-P-29+-")
    @Tag("R7692-P-30+-")
    @Tag("R7692-P-32+-")
    @Tag("R7692-P-33+-")
    @Tag("R7692-P-34+-")
    @Tag("R7692-P-35+-")
    @Tag("R7692-P-36+-")
    void aServerAnswersEveryFormOfAnOffer(DeflateOptions options) {
        for (String row : table()) {
            Agreement agreement = DeflateNegotiation.answer(
                    options, List.of(new HttpHeader("Sec-WebSocket-Extensions", "permessage-deflate" + row)));
            Map<String, String> offer = wellFormed(row, true);
            if ((agreement == null) != (offer == null)) {
                fail("offer %s was answered with %s", row, agreement);
            }
            if (agreement != null && offer != null && !agreement.equals(expected(options, offer))) {
                fail("offer %s was answered with %s, expected %s", row, agreement, expected(options, offer));
            }
        }
    }

    private static Agreement expected(DeflateOptions options, Map<String, String> offer) {
        Map<String, String> answer = new LinkedHashMap<>();
        boolean serverFresh = offer.containsKey(NAMES.get(0)) | !options.serverContextTakeover();
        boolean clientFresh = offer.containsKey(NAMES.get(1)) | !options.clientContextTakeover();
        int server = Math.min(options.serverMaxWindowBits(), bits(offer, NAMES.get(2)));
        int client = Math.min(options.clientMaxWindowBits(), bits(offer, NAMES.get(3)));
        if (serverFresh) {
            answer.put(NAMES.get(0), "");
        }
        if (clientFresh) {
            answer.put(NAMES.get(1), "");
        }
        if (offer.containsKey(NAMES.get(2))) {
            answer.put(NAMES.get(2), "=" + server);
        }
        if (!offer.containsKey(NAMES.get(3))) {
            client = 15;
        } else if (client < 15) {
            answer.put(NAMES.get(3), "=" + client);
        }
        StringBuilder header = new StringBuilder("permessage-deflate");
        answer.forEach((name, value) -> header.append("; ").append(name).append(value));
        return new Agreement(new DeflateParameters(server, client, serverFresh, clientFresh), header.toString());
    }

    @ParameterizedTest
    @MethodSource("options")
    @Tag("R7692-P-10+-")
    @Tag("R7692-P-22+-")
    @Tag("R7692-P-23+-")
    @Tag("R7692-P-24+-")
    @Tag("R7692-P-25+-")
    @Tag("R7692-P-31+-")
    @Tag("R7692-P-37+-")
    @Tag("R7692-P-49+-")
    void aClientJudgesEveryFormOfAnAnswer(DeflateOptions options) {
        for (String row : table()) {
            if (row.contains("=;") || row.endsWith("=")) {
                continue; // not the grammar of the header: the handshake itself fails, as ExtensionListTests hold
            }
            DeflateParameters agreed = judged(options, row);
            DeflateParameters expected = expectedOf(options, wellFormed(row, false));
            if (agreed == null ? expected != null : !agreed.equals(expected)) {
                fail("answer %s led to %s, expected %s", row, agreed, expected);
            }
        }
    }

    private static @Nullable DeflateParameters judged(DeflateOptions options, String row) {
        HandshakeResult result =
                new HandshakeResult(null, OptionalInt.empty(), List.of("permessage-deflate" + row), List.of(0));
        try {
            DeflateParameters agreed = DeflateNegotiation.judge(options, result);
            assertThat(agreed).isNotNull();
            return agreed;
        } catch (WebSocketHandshakeException e) {
            assertThat(e.violation().closeStatus()).isEqualTo(1010);
            assertThat(e.violation().rfc()).isEqualTo("RFC 7692 §7.1");
            return null;
        }
    }

    private static @Nullable DeflateParameters expectedOf(
            DeflateOptions options, @Nullable Map<String, String> answer) {
        if (answer == null) {
            return null;
        }
        boolean ignored = !options.serverContextTakeover() && !answer.containsKey(NAMES.get(0));
        int server = bits(answer, NAMES.get(2));
        return ignored || server > options.serverMaxWindowBits()
                ? null
                : new DeflateParameters(
                        server,
                        Math.min(options.clientMaxWindowBits(), bits(answer, NAMES.get(3))),
                        answer.containsKey(NAMES.get(0)),
                        answer.containsKey(NAMES.get(1)) || !options.clientContextTakeover());
    }

    @Test
    void ourEndsAlwaysAgreeAndNeitherExceedsWhatTheOtherExpects() {
        List<DeflateOptions> all = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            all.add(options(8 + (i & 7), 8 + (i >> 3 & 7), (i & 64) != 0, (i & 128) != 0));
        }
        for (DeflateOptions client : all) {
            HttpHeader offer = new HttpHeader("Sec-WebSocket-Extensions", DeflateNegotiation.offer(client));
            for (DeflateOptions server : all) {
                Agreement agreement = DeflateNegotiation.answer(server, List.of(offer));
                assertThat(agreement).isNotNull();
                DeflateParameters atServer = agreement.parameters();
                DeflateParameters atClient = DeflateNegotiation.judge(
                        client,
                        new HandshakeResult(null, OptionalInt.empty(), List.of(agreement.extension()), List.of(0)));
                assertThat(atClient).isNotNull();
                boolean fits = true;
                for (boolean toServer : new boolean[] {true, false}) {
                    DeflateParameters sender = toServer ? atClient : atServer;
                    DeflateParameters receiver = toServer ? atServer : atClient;
                    fits &= sender.outgoingWindowBits(!toServer) <= receiver.incomingWindowBits(toServer);
                    fits &= !sender.outgoingContextTakeover(!toServer) || receiver.incomingContextTakeover(toServer);
                }
                if (!fits) {
                    fail("%s and %s agreed on %s and %s", client, server, atClient, atServer);
                }
            }
        }
    }
}

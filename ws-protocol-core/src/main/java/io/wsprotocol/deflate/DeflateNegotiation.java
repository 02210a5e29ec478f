package io.wsprotocol.deflate;

import static io.wsprotocol.deflate.DeflateTerms.ABSENT;
import static io.wsprotocol.deflate.DeflateTerms.BARE;

import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateTerms.BadTermsException;
import io.wsprotocol.http.Extension;
import io.wsprotocol.http.ExtensionList;
import io.wsprotocol.http.HeaderSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How two ends agree on permessage-deflate in the opening handshake (RFC 7692 §5, §7.1): a server answers offers, a client makes one and
 * judges the answer. All four parameters are honoured, in both directions. Thread-safe.
 *
 * <p>A server:
 *
 * <pre>{@code
 * Agreement agreement = DeflateNegotiation.answer(options, requestHeaders);
 * List<String> extensions = agreement == null ? List.of() : List.of(agreement.extension());
 * handle.beginHandshake(subprotocol, extensions, requestHeaders);
 * }</pre>
 *
 * <p>A client:
 *
 * <pre>{@code
 * handle.beginHandshake(subprotocols, List.of(DeflateNegotiation.offer(options)), headers);
 * DeflateParameters agreed = DeflateNegotiation.judge(options, handle.endHandshake(responseHeaders));
 * }</pre>
 *
 * @since 0.1.0
 */
public final class DeflateNegotiation {

    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";
    private static final int HTTP_BAD_REQUEST = 400;

    private DeflateNegotiation() {}

    /**
     * What a server agrees to. Immutable.
     *
     * @param parameters what governs the connection from the handshake on
     * @param extension the element of {@code Sec-WebSocket-Extensions} that says so to the client
     * @since 0.1.0
     */
    public record Agreement(DeflateParameters parameters, String extension) {

        /** Checks that both are there. */
        public Agreement {
            Objects.requireNonNull(parameters, "parameters");
            Objects.requireNonNull(extension, "extension");
        }
    }

    /**
     * {@return a server's answer to a request; null when nothing acceptable is offered, and the connection goes on uncompressed} The first
     * acceptable offer is taken (RFC 7692 §5). An offer with an unknown, repeated or wrong parameter is skipped (§7.1), never an error. Where
     * context takeover is not wanted, the answer says so although it was not asked for, as §7.1.1 allows, so that no history has to be kept.
     *
     * @param options what the server wants
     * @param request all headers of the request; when their grammar is broken, the handshake itself is going to say so
     */
    public static @Nullable Agreement answer(DeflateOptions options, List<HttpHeader> request) {
        for (Extension extension : offers(request)) {
            if (extension.name().equals(DeflateTerms.NAME)) {
                try {
                    return accept(options, DeflateTerms.offer(extension));
                } catch (BadTermsException e) {
                    // RFC 7692 §7.1: declined; the next offer is the client's fallback
                }
            }
        }
        return null;
    }

    private static List<Extension> offers(List<HttpHeader> request) {
        List<String> lines = new ArrayList<>(1);
        for (HttpHeader header : request) {
            if (header.is(EXTENSIONS)) {
                lines.add(header.value());
            }
        }
        try {
            return ExtensionList.parse(lines, ExtensionList.Limits.REQUEST);
        } catch (HeaderSyntaxException e) {
            return List.of(); // RFC 6455 §9.1: the handshake fails over it, here is nothing to accept
        }
    }

    private static Agreement accept(DeflateOptions options, DeflateTerms offer) {
        boolean serverFresh = offer.serverNoContextTakeover() || !options.serverContextTakeover();
        boolean clientFresh = offer.clientNoContextTakeover() || !options.clientContextTakeover();
        // RFC 7692 §7.1.2.1: the same value or a smaller one says that the offer is accepted. Unasked it stays
        // unsaid, as a smaller window than the client allows is nobody's business.
        int serverBits = least(offer.serverMaxWindowBits(), options.serverMaxWindowBits());
        int serverSays = offer.serverMaxWindowBits() == ABSENT ? ABSENT : serverBits;
        // RFC 7692 §7.1.2.2: only a client that mentions its window can be limited.
        int clientBits = offer.clientMaxWindowBits() == ABSENT
                ? DeflateParameters.MOST_BITS
                : least(offer.clientMaxWindowBits(), options.clientMaxWindowBits());
        int clientSays = clientBits == DeflateParameters.MOST_BITS ? ABSENT : clientBits;
        return new Agreement(
                new DeflateParameters(serverBits, clientBits, serverFresh, clientFresh),
                new DeflateTerms(serverFresh, clientFresh, serverSays, clientSays).header());
    }

    private static int least(int offered, int wanted) {
        return offered == ABSENT || offered == BARE ? wanted : Math.min(offered, wanted);
    }

    /**
     * {@return a client's offer, an element of {@code Sec-WebSocket-Extensions}} It says that the client's window can be limited, asks for no
     * context takeover where none is wanted, and for a smaller window of the server where one is wanted.
     *
     * @param options what the client wants
     */
    public static String offer(DeflateOptions options) {
        return terms(options).header();
    }

    private static DeflateTerms terms(DeflateOptions options) {
        int serverBits = options.serverMaxWindowBits();
        int clientBits = options.clientMaxWindowBits();
        return new DeflateTerms(
                !options.serverContextTakeover(),
                !options.clientContextTakeover(),
                serverBits == DeflateParameters.MOST_BITS ? ABSENT : serverBits,
                clientBits == DeflateParameters.MOST_BITS ? BARE : clientBits);
    }

    /**
     * {@return what governs the connection; null when the server declined, and the connection goes on uncompressed}
     *
     * @param options what {@link #offer} was made of
     * @param result what the server selected
     * @throws WebSocketHandshakeException when the answer breaks a rule or does not fit the offer (RFC 7692 §5.1, §7.1): the connection must
     *     fail, with 1010 where a Close is still to be sent
     */
    public static @Nullable DeflateParameters judge(DeflateOptions options, HandshakeResult result) {
        Extension answer = null;
        for (String selected : result.extensions()) {
            Extension extension = parse(selected);
            if (extension.name().equals(DeflateTerms.NAME)) {
                answer = extension;
            }
        }
        if (answer == null) {
            return null;
        }
        if (result.extensions().size() > 1) {
            // RFC 7692 §5.1: the others may use the same bit or need the frames as they are, and we cannot know
            throw refusal(
                    Violation.DEFLATE_NOT_OFFERED, "permessage-deflate beside another extension; expected it alone");
        }
        return judge(options, terms(options), answer);
    }

    private static Extension parse(String element) {
        try {
            return ExtensionList.parse(List.of(element), ExtensionList.Limits.RESPONSE)
                    .get(0);
        } catch (HeaderSyntaxException e) {
            throw new IllegalArgumentException("a selected extension is malformed: " + e.getMessage(), e);
        }
    }

    static DeflateParameters judge(DeflateOptions options, DeflateTerms offer, Extension extension) {
        DeflateTerms answer;
        try {
            answer = DeflateTerms.answer(extension);
        } catch (BadTermsException e) {
            throw refusal(e.violation(), e.getMessage());
        }
        requireFits(offer, answer);
        return new DeflateParameters(
                least(answer.serverMaxWindowBits(), DeflateParameters.MOST_BITS),
                least(answer.clientMaxWindowBits(), options.clientMaxWindowBits()),
                answer.serverNoContextTakeover(),
                answer.clientNoContextTakeover() || !options.clientContextTakeover());
    }

    private static void requireFits(DeflateTerms offer, DeflateTerms answer) {
        // RFC 7692 §7.1.1.1: a server accepts the parameter by repeating it
        if (offer.serverNoContextTakeover() && !answer.serverNoContextTakeover()) {
            throw refusal(
                    Violation.DEFLATE_NOT_OFFERED, "no server_no_context_takeover; expected it, as it was asked for");
        }
        // RFC 7692 §7.1.2.1: by repeating it with the same value or a smaller one
        if (offer.serverMaxWindowBits() != ABSENT) {
            int bits = least(answer.serverMaxWindowBits(), DeflateParameters.MOST_BITS);
            if (bits > offer.serverMaxWindowBits()) {
                throw refusal(
                        Violation.DEFLATE_NOT_OFFERED,
                        "a window of the server of " + bits + " bits; expected at most " + offer.serverMaxWindowBits());
            }
        }
        // RFC 7692 §7.1.2.2: a client that did not mention its window must not be limited
        if (offer.clientMaxWindowBits() == ABSENT && answer.clientMaxWindowBits() != ABSENT) {
            throw refusal(
                    Violation.DEFLATE_NOT_OFFERED, "client_max_window_bits, which was not offered; expected none");
        }
    }

    private static WebSocketHandshakeException refusal(Violation violation, @Nullable String observed) {
        return new WebSocketHandshakeException(
                violation,
                violation + " (" + violation.id() + ", " + violation.rfc() + "): " + observed,
                HTTP_BAD_REQUEST,
                List.of());
    }
}

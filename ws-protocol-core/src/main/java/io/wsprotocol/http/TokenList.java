package io.wsprotocol.http;

import io.wsprotocol.http.HeaderSyntaxException.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Headers that are a comma-separated list of tokens: {@code Sec-WebSocket-Protocol}, {@code Sec-WebSocket-Version},
 * {@code Connection} and {@code Upgrade}.
 *
 * <p>Several lines of one header are one list in the order of the lines (RFC 9110 §5.3). Thread-safe.
 *
 * @since 0.1.0
 */
public final class TokenList {

    private TokenList() {}

    /**
     * Reads all elements in their order. Elements keep their case: subprotocol names compare case-sensitively.
     *
     * @param lines the values of the header's lines; no line means that the header is absent
     * @return an unmodifiable list, empty when the header is absent or, where the limits allow it, has only empty elements
     * @throws HeaderSyntaxException when the text breaks the grammar or a limit
     */
    public static List<String> parse(List<String> lines, Limits limits) throws HeaderSyntaxException {
        if (lines.isEmpty()) {
            return List.of();
        }
        FieldScanner scanner = FieldScanner.over(lines, limits.maxBytes());
        List<String> elements = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        do {
            if (scanner.atElementEnd()) {
                refuseEmptyElement(scanner, limits);
                continue;
            }
            if (elements.size() == limits.maxElements()) {
                throw scanner.refusal(Rule.TOO_MANY);
            }
            int start = scanner.position();
            String element = scanner.token(Rule.BAD_TOKEN, limits.maxElementBytes());
            if (!seen.add(element) && !limits.duplicatesAllowed()) {
                throw new HeaderSyntaxException(Rule.DUPLICATE, start);
            }
            elements.add(element);
        } while (scanner.nextElement());
        return List.copyOf(elements);
    }

    /**
     * Tells whether a {@code Connection} or {@code Upgrade} header has the element, compared without regard to ASCII
     * case. Empty elements are skipped (RFC 9110 §5.6.1.2). An element may be a name with a version, as
     * {@code Upgrade} has them (RFC 9110 §7.8); it counts as a whole, so {@code websocket/2} is not {@code websocket}.
     *
     * @throws HeaderSyntaxException when any part of the list is malformed, also behind the element looked for
     */
    public static boolean containsIgnoreCase(List<String> lines, String token) throws HeaderSyntaxException {
        Limits limits = Limits.CONNECTION;
        FieldScanner scanner = FieldScanner.over(lines, limits.maxBytes());
        int elements = 0;
        boolean found = false;
        do {
            if (scanner.atElementEnd()) {
                continue;
            }
            if (elements++ == limits.maxElements()) {
                throw scanner.refusal(Rule.TOO_MANY);
            }
            String name = scanner.token(Rule.BAD_TOKEN, limits.maxElementBytes());
            if (scanner.take('/')) {
                scanner.token(Rule.BAD_TOKEN, limits.maxElementBytes());
            } else {
                found |= FieldSyntax.equalsIgnoreCase(name, token);
            }
        } while (scanner.nextElement());
        return found;
    }

    private static void refuseEmptyElement(FieldScanner scanner, Limits limits) throws HeaderSyntaxException {
        if (!limits.emptyElementsAllowed()) {
            throw scanner.refusal(Rule.EMPTY_ELEMENT);
        }
    }

    /**
     * What a list may contain. Immutable.
     *
     * @param maxBytes longest value, all lines joined with a comma each
     * @param maxElements most elements, empty ones not counted
     * @param maxElementBytes longest element
     * @param emptyElementsAllowed whether nothing may stand between two commas
     * @param duplicatesAllowed whether an element may occur twice, compared case-sensitively
     * @since 0.1.0
     */
    public record Limits(
            int maxBytes,
            int maxElements,
            int maxElementBytes,
            boolean emptyElementsAllowed,
            boolean duplicatesAllowed) {

        /** {@code Sec-WebSocket-Protocol} of a request: RFC 6455 §4.1 wants non-empty and unique names. */
        public static final Limits PROTOCOL_REQUEST = new Limits(1024, 16, 128, false, false);

        /** {@code Sec-WebSocket-Protocol} of a response: the one name selected (RFC 6455 §4.3). */
        public static final Limits PROTOCOL_RESPONSE = new Limits(1024, 1, 128, false, false);

        /** {@code Connection} and {@code Upgrade}: as lenient as RFC 9110 §5.6.1.2 asks. */
        public static final Limits CONNECTION = new Limits(4096, 64, 256, true, true);

        /** Refuses limits below 1. */
        public Limits {
            if (maxBytes < 1 || maxElements < 1 || maxElementBytes < 1) {
                throw new IllegalArgumentException("limits must be at least 1");
            }
        }
    }
}

package io.wsprotocol.http;

import io.wsprotocol.http.HeaderSyntaxException.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The header {@code Sec-WebSocket-Extensions} (RFC 6455 §9.1).
 *
 * <pre>
 * extension-list  = extension *( "," extension )
 * extension       = name *( ";" name [ "=" ( token | quoted-string ) ] )
 * </pre>
 *
 * <p>White space may stand between any two parts: RFC 6455 §4.3 takes over the "implied *LWS" rule of RFC 2616.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class ExtensionList {

    private ExtensionList() {}

    /**
     * Reads all extensions in their order; several lines are one list. Repeated extensions are fallback offers and
     * stay as they are, and so do repeated parameters.
     *
     * @param lines the values of the header's lines; no line means that the header is absent
     * @return an unmodifiable list, empty when the header is absent
     * @throws HeaderSyntaxException when the text breaks the grammar or a limit
     */
    public static List<Extension> parse(List<String> lines, Limits limits) throws HeaderSyntaxException {
        if (lines.isEmpty()) {
            return List.of();
        }
        FieldScanner scanner = FieldScanner.over(lines, limits.maxBytes());
        List<Extension> extensions = new ArrayList<>();
        do {
            if (scanner.atElementEnd()) {
                throw scanner.refusal(Rule.EMPTY_ELEMENT);
            }
            if (extensions.size() == limits.maxExtensions()) {
                throw scanner.refusal(Rule.TOO_MANY);
            }
            extensions.add(extension(scanner, limits));
        } while (scanner.nextElement());
        return List.copyOf(extensions);
    }

    /** Writes the value of one header line; {@link #parse} reads it back. */
    public static String format(List<Extension> extensions) {
        return extensions.stream().map(Extension::toString).collect(Collectors.joining(", "));
    }

    private static Extension extension(FieldScanner scanner, Limits limits) throws HeaderSyntaxException {
        String name = scanner.token(Rule.BAD_TOKEN, limits.maxTokenBytes());
        List<Extension.Parameter> parameters = new ArrayList<>();
        scanner.skipWhitespace();
        while (scanner.take(';')) {
            if (parameters.size() == limits.maxParameters()) {
                throw scanner.refusal(Rule.TOO_MANY);
            }
            parameters.add(parameter(scanner, limits));
            scanner.skipWhitespace();
        }
        return new Extension(name, parameters);
    }

    private static Extension.Parameter parameter(FieldScanner scanner, Limits limits) throws HeaderSyntaxException {
        scanner.skipWhitespace();
        String name = scanner.token(Rule.BAD_PARAMETER, limits.maxTokenBytes());
        scanner.skipWhitespace();
        return new Extension.Parameter(name, scanner.take('=') ? value(scanner, limits) : null);
    }

    private static String value(FieldScanner scanner, Limits limits) throws HeaderSyntaxException {
        scanner.skipWhitespace();
        return scanner.take('"')
                ? scanner.quotedToken(limits.maxTokenBytes())
                : scanner.token(Rule.BAD_PARAMETER, limits.maxTokenBytes());
    }

    /**
     * What the header may contain. Immutable.
     *
     * @param maxBytes longest value, all lines joined with a comma each
     * @param maxExtensions most extensions
     * @param maxParameters most parameters of one extension
     * @param maxTokenBytes longest name or value
     * @since 0.1.0
     */
    public record Limits(int maxBytes, int maxExtensions, int maxParameters, int maxTokenBytes) {

        /** The offers of a request. */
        public static final Limits REQUEST = new Limits(2048, 8, 8, 64);

        /** The extensions in use that a response names. */
        public static final Limits RESPONSE = new Limits(1024, 4, 8, 64);

        /** Refuses limits below 1. */
        public Limits {
            if (maxBytes < 1 || maxExtensions < 1 || maxParameters < 1 || maxTokenBytes < 1) {
                throw new IllegalArgumentException("limits must be at least 1");
            }
        }
    }
}

package io.wsprotocol.http;

import java.nio.charset.StandardCharsets;

/**
 * A {@code ws} or {@code wss} URI in the parts that a client needs (RFC 6455 §3).
 *
 * <p>Messages of exceptions never repeat the URI, since its query may hold a secret. Immutable.
 *
 * @param secure whether the scheme is {@code wss}
 * @param host a name or address in lower case; an IPv6 address stands without brackets
 * @param port 1 to 65535; the default of the scheme when the URI names none
 * @param resourceName path and query as they stand in the request line, all in ASCII
 * @since 0.1.0
 */
public record WebSocketUri(boolean secure, String host, int port, String resourceName) {

    private static final int DEFAULT_PORT = 80;

    private static final int DEFAULT_SECURE_PORT = 443;

    private static final int MAX_PORT = 65_535;

    /** What stands unescaped in a path or a query beside letters and digits (RFC 3986 §3.3, §3.4). */
    private static final String PLAIN = "-._~!$&'()*+,;=:@/?";

    private static final String HEX = "0123456789ABCDEF";

    /**
     * Checks every part, so that none can carry anything else into a request head.
     *
     * @throws IllegalArgumentException when a part is out of its grammar or range
     */
    public WebSocketUri {
        host = FieldSyntax.lowerCase(host);
        require(HostSyntax.isName(host) || HostSyntax.isIpv6(host), "URI has a host that is no name and no address");
        require(port >= 1 && port <= MAX_PORT, "URI has a port that is not in 1 to 65535");
        require(
                resourceName.startsWith("/") && StartLine.isTarget(resourceName),
                "resource name must begin with a slash and have visible ASCII characters only");
    }

    /**
     * Reads a URI. Characters of path and query that a URI must not contain are escaped as UTF-8; control characters
     * and incomplete escapes are refused.
     *
     * @throws IllegalArgumentException when the text is not a ws or wss URI, or has user information, a fragment, a
     *     port out of range or a host that is not ASCII
     */
    public static WebSocketUri parse(String text) {
        int authorityStart = text.indexOf("://") + 3;
        String scheme = authorityStart < 3 ? "" : FieldSyntax.lowerCase(text.substring(0, authorityStart - 3));
        require(scheme.equals("ws") || scheme.equals("wss"), "URI must begin with ws:// or wss://");
        // RFC 6455 §3: fragments must not be used; the character itself is written %23
        require(text.indexOf('#') < 0, "URI must not have a fragment; write %23 for the character #");
        int authorityEnd = authorityEnd(text, authorityStart);
        String authority = text.substring(authorityStart, authorityEnd);
        require(authority.indexOf('@') < 0, "URI must not have user information");
        boolean secure = scheme.equals("wss");
        int hostEnd = hostEnd(authority);
        String host = host(authority.substring(0, hostEnd));
        int port = port(authority.substring(hostEnd), secure ? DEFAULT_SECURE_PORT : DEFAULT_PORT);
        return new WebSocketUri(secure, host, port, resourceName(text, authorityEnd));
    }

    /** Returns the value of the {@code Host} header: with the port only when it is not the default of the scheme. */
    public String hostHeader() {
        String name = host.indexOf(':') < 0 ? host : '[' + host + ']';
        return port == (secure ? DEFAULT_SECURE_PORT : DEFAULT_PORT) ? name : name + ':' + port;
    }

    private static int authorityEnd(String text, int start) {
        int end = start;
        while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '?') {
            end++;
        }
        return end;
    }

    /** Returns where the host ends: behind the closing bracket of an IPv6 address, else at the colon. */
    private static int hostEnd(String authority) {
        if (authority.startsWith("[")) {
            int bracket = authority.indexOf(']');
            require(bracket > 0, "URI has an address without its closing bracket");
            return bracket + 1;
        }
        int colon = authority.indexOf(':');
        return colon < 0 ? authority.length() : colon;
    }

    private static String host(String text) {
        for (int i = 0; i < text.length(); i++) {
            require(
                    text.charAt(i) < 0x80,
                    "URI has a host that is not ASCII; convert it with java.net.IDN.toASCII first");
        }
        require(!text.isEmpty(), "URI has no host");
        if (text.startsWith("[")) {
            String address = text.substring(1, text.length() - 1);
            require(HostSyntax.isIpv6(address), "URI has brackets around what is no IPv6 address");
            return address;
        }
        return text;
    }

    /** Reads a colon and digits; RFC 3986 §3.2.3 allows to leave out the digits, or both. */
    private static int port(String text, int defaultPort) {
        require(text.isEmpty() || text.charAt(0) == ':', "URI has something between its host and its port");
        int port = 0;
        for (int i = 1; i < text.length(); i++) {
            require(FieldSyntax.isDigit(text.charAt(i)), "URI has a port that is not a number");
            port = port * 10 + text.charAt(i) - '0';
            require(port <= MAX_PORT, "URI has a port that is not in 1 to 65535");
        }
        return text.length() <= 1 ? defaultPort : port;
    }

    /** Returns path, or a slash when it is empty, and query, unless that is empty (RFC 6455 §3). */
    private static String resourceName(String text, int start) {
        StringBuilder name = new StringBuilder();
        if (start == text.length() || text.charAt(start) == '?') {
            name.append('/');
        }
        boolean emptyQuery = text.indexOf('?', start) == text.length() - 1;
        int end = emptyQuery ? text.length() - 1 : text.length();
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '%') {
                require(isEscape(text, i, end), "URI has a percent sign without two hexadecimal digits");
                name.append(c);
            } else if (FieldSyntax.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0) {
                name.append(c);
            } else {
                i += escape(name, text, i) - 1;
            }
        }
        return name.toString();
    }

    private static boolean isEscape(String text, int index, int end) {
        return index + 2 < end
                && FieldSyntax.isHexDigit(text.charAt(index + 1))
                && FieldSyntax.isHexDigit(text.charAt(index + 2));
    }

    /** Appends the character at the index as escaped UTF-8 and returns how many chars of the text it took. */
    private static int escape(StringBuilder name, String text, int index) {
        int codePoint = text.codePointAt(index);
        require(!Character.isISOControl(codePoint), "URI has a control character");
        require(Character.getType(codePoint) != Character.SURROGATE, "URI has half of a surrogate pair");
        String character = Character.toString(codePoint);
        for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
            name.append('%').append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
        }
        return character.length();
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}

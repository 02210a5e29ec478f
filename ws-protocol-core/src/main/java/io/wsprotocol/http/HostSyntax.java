package io.wsprotocol.http;

/**
 * The hosts that a WebSocket URI may name: DNS names, IPv4 and IPv6 addresses (RFC 3986 §3.2.2). Thread-safe.
 */
final class HostSyntax {

    private static final int IPV6_GROUPS = 8;

    private static final int IPV4_PARTS = 4;

    private HostSyntax() {}

    /** Tells whether the text is a name or an IPv4 address: letters, digits and {@code - . _ ~} only. */
    static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!FieldSyntax.isLetterOrDigit(c) && "-._~".indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /**
     * Tells whether the text, without brackets, is an IPv6 address: eight groups, or fewer around one {@code ::}; the
     * last two may be an IPv4 address. Zone identifiers are local to a machine and refused.
     */
    static boolean isIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, true) == IPV6_GROUPS;
        }
        int before = gap == 0 ? 0 : groups(text.substring(0, gap), false);
        String tail = text.substring(gap + 2);
        int after = tail.isEmpty() ? 0 : groups(tail, true);
        return before >= 0 && after >= 0 && before + after < IPV6_GROUPS;
    }

    /** Counts groups between single colons; -1 when one of them is malformed. */
    private static int groups(String text, boolean ipv4AtEnd) {
        int count = 0;
        int start = 0;
        while (start <= text.length()) {
            int colon = text.indexOf(':', start);
            int end = colon < 0 ? text.length() : colon;
            String group = text.substring(start, end);
            if (isGroup(group)) {
                count++;
            } else if (ipv4AtEnd && colon < 0 && isIpv4(group)) {
                count += 2;
            } else {
                return -1;
            }
            start = end + 1;
        }
        return count;
    }

    private static boolean isGroup(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!FieldSyntax.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= 4;
    }

    private static boolean isIpv4(String text) {
        int parts = 0;
        int start = 0;
        while (start <= text.length()) {
            int dot = text.indexOf('.', start);
            int end = dot < 0 ? text.length() : dot;
            // decimal 0 to 255 without leading zeros, the same grammar as a protocol version
            if (!FieldSyntax.isVersion(text.substring(start, end))) {
                return false;
            }
            parts++;
            start = end + 1;
        }
        return parts == IPV4_PARTS;
    }
}

package io.wsprotocol.http;

/**
 * The first line of a head: request line (RFC 9112 §3) or status line (RFC 9112 §4). Immutable.
 *
 * @param method the method of a request; empty for a response
 * @param target the request target as written; empty for a response
 * @param minorVersion the digit behind {@code HTTP/1.}
 * @param status the three digits of a response; 0 for a request
 * @param reason the reason phrase of a response, maybe empty; empty for a request
 */
record StartLine(String method, String target, int minorVersion, int status, String reason) {

    private static final String VERSION_1 = "HTTP/1.";

    private static final int VERSION_LENGTH = 8;

    private static final int STATUS_LENGTH = 3;

    /** Reads {@code method SP target SP version}. */
    static StartLine request(String line, int position) throws HeadException {
        int targetStart = line.indexOf(' ') + 1;
        int versionStart = line.indexOf(' ', targetStart) + 1;
        if (targetStart == 0 || versionStart == 0) {
            throw new HeadException(HeadException.Rule.BAD_START_LINE, position);
        }
        String method = line.substring(0, targetStart - 1);
        String target = line.substring(targetStart, versionStart - 1);
        int minorVersion = minorVersion(line.substring(versionStart), position);
        if (!FieldSyntax.isToken(method) || !isTarget(target)) {
            throw new HeadException(HeadException.Rule.BAD_START_LINE, position);
        }
        return new StartLine(method, target, minorVersion, 0, "");
    }

    /** Reads {@code version SP status SP [reason]}; the second space is due also without a reason. */
    static StartLine response(String line, int position) throws HeadException {
        int statusStart = line.indexOf(' ') + 1;
        int statusEnd = statusStart + STATUS_LENGTH;
        if (statusStart == 0 || line.length() <= statusEnd || line.charAt(statusEnd) != ' ') {
            throw new HeadException(HeadException.Rule.BAD_START_LINE, position);
        }
        int minorVersion = minorVersion(line.substring(0, statusStart - 1), position);
        int status = status(line, statusStart, position);
        return new StartLine("", "", minorVersion, status, line.substring(statusEnd + 1));
    }

    /**
     * Tells whether the text can stand as a request target: visible ASCII without a fragment. Characters that a strict
     * URI would escape are left to the application, because browsers send some of them.
     */
    static boolean isTarget(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!FieldSyntax.isVisible(text.charAt(i)) || text.charAt(i) == '#') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static int minorVersion(String version, int position) throws HeadException {
        if (version.length() != VERSION_LENGTH
                || !version.startsWith("HTTP/")
                || !FieldSyntax.isDigit(version.charAt(5))
                || version.charAt(6) != '.'
                || !FieldSyntax.isDigit(version.charAt(7))) {
            throw new HeadException(HeadException.Rule.BAD_START_LINE, position);
        }
        if (!version.startsWith(VERSION_1)) {
            throw new HeadException(HeadException.Rule.UNSUPPORTED_VERSION, position);
        }
        return version.charAt(7) - '0';
    }

    private static int status(String line, int start, int position) throws HeadException {
        int status = 0;
        for (int i = start; i < start + STATUS_LENGTH; i++) {
            if (!FieldSyntax.isDigit(line.charAt(i))) {
                throw new HeadException(HeadException.Rule.BAD_START_LINE, position);
            }
            status = status * 10 + line.charAt(i) - '0';
        }
        if (status < 100) {
            throw new HeadException(HeadException.Rule.BAD_START_LINE, position);
        }
        return status;
    }
}

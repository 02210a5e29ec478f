package io.wsprotocol.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writer of HTTP/1.1 heads. It checks every part, so no value of an application can end a line and begin another.
 *
 * <p>Messages of exceptions count fields and never repeat them, since values may be secrets. Thread-safe.
 *
 * @since 0.1.0
 */
public final class HeadWriter {

    private static final String LINE_END = "\r\n";

    private HeadWriter() {}

    /**
     * Writes a request head with its empty line.
     *
     * @param target the request target: visible ASCII without a fragment
     * @param fields names and values in their order
     * @throws IllegalArgumentException when a part does not have the form that HTTP demands
     */
    public static byte[] request(String method, String target, Iterable<Map.Entry<String, String>> fields) {
        require(FieldSyntax.isToken(method), "method is not a token");
        require(
                StartLine.isTarget(target),
                "request target is empty, has a fragment or a character that is not visible ASCII");
        return head(method + ' ' + target + " HTTP/1.1", fields);
    }

    /**
     * Writes a response head with its empty line.
     *
     * @param status 100 to 999
     * @param reason the reason phrase, maybe empty
     * @param fields names and values in their order
     * @throws IllegalArgumentException when a part does not have the form that HTTP demands
     */
    public static byte[] response(int status, String reason, Iterable<Map.Entry<String, String>> fields) {
        require(status >= 100 && status <= 999, "status has not three digits");
        require(FieldSyntax.isFieldValue(reason), "reason phrase has a character that it must not have");
        return head("HTTP/1.1 " + status + ' ' + reason, fields);
    }

    private static byte[] head(String startLine, Iterable<Map.Entry<String, String>> fields) {
        StringBuilder head = new StringBuilder(startLine).append(LINE_END);
        int index = 0;
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey();
            String value = field.getValue();
            if (!FieldSyntax.isToken(name)) {
                throw new IllegalArgumentException("name of field " + index + " is not a token");
            }
            if (!FieldSyntax.isFieldValue(value)) {
                throw new IllegalArgumentException(
                        "value of field " + index + " has a character that it must not have");
            }
            head.append(name).append(": ").append(value).append(LINE_END);
            index++;
        }
        return head.append(LINE_END).toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}

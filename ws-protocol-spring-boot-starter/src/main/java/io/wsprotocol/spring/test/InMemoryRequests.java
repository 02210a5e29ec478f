package io.wsprotocol.spring.test;

import io.wsprotocol.spring.server.ShellStarter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/** The way of requests into a kind of application, without a socket. Thread-safe. */
interface InMemoryRequests {

    /**
     * {@return what the application answered}
     *
     * @param request of a client
     * @param user who asks; null for nobody
     * @throws IOException when the application failed instead
     */
    Response perform(Request request, @Nullable Principal user) throws IOException;

    /**
     * A request without a body. Immutable.
     *
     * @param method such as GET
     * @param url with the host that the client named
     * @param headers as the client wrote them
     */
    record Request(HttpMethod method, URI url, HttpHeaders headers) {

        /** {@return the request that a head says} */
        static Request of(byte[] head) {
            List<String> lines =
                    new String(head, StandardCharsets.ISO_8859_1).lines().toList();
            String[] first = lines.get(0).split(" ", 3);
            HttpHeaders headers = new HttpHeaders();
            for (String line : lines.subList(1, lines.size() - 1)) {
                int colon = line.indexOf(':');
                headers.add(line.substring(0, colon), line.substring(colon + 1).trim());
            }
            String host = Objects.requireNonNullElse(headers.getFirst(HttpHeaders.HOST), "localhost");
            return new Request(HttpMethod.valueOf(first[0]), URI.create("http://" + host + first[1]), headers);
        }
    }

    /**
     * An answer without its body. Immutable.
     *
     * @param status of HTTP
     * @param headers as the application set them
     * @param starter starts the connection; null when there was no upgrade
     */
    record Response(
            int status, HttpHeaders headers, @Nullable ShellStarter starter) {

        /** {@return the answer on the wire} */
        byte[] head() {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " \r\n");
            headers.forEach((name, values) -> values.forEach(
                    value -> head.append(name).append(": ").append(value).append("\r\n")));
            if (starter == null && !headers.containsHeader(HttpHeaders.CONTENT_LENGTH)) {
                head.append("Content-Length: 0\r\n");
            }
            return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}

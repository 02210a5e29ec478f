package io.wsprotocol.spring.server;

import io.wsprotocol.HttpHeader;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A handshake's request as the Servlet API has it. Confined to whom the container lent the request.
 *
 * @param request the container's, perhaps wrapped by filters
 * @param extendedConnect the protocol that an extended CONNECT asks for (RFC 8441 §4); null when the request is none
 * @since 0.1.0
 */
public record ServletHandshake(
        HttpServletRequest request, @Nullable String extendedConnect) implements ServerHandshakes.Request {

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String protocol() {
        return request.getProtocol();
    }

    @Override
    public boolean hasBody() {
        return request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    }

    @Override
    public List<HttpHeader> headers() {
        List<HttpHeader> headers = new ArrayList<>();
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            for (Enumeration<String> values = request.getHeaders(name); values.hasMoreElements(); ) {
                headers.add(new HttpHeader(name, values.nextElement()));
            }
        }
        return headers;
    }

    @Override
    public @Nullable String remoteAddress() {
        return request.getRemoteAddr();
    }
}

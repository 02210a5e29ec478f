package io.wsprotocol.spring.server.jakarta;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.websocket.server.HandshakeRequest;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A handshake's request as Jakarta WebSocket has it. Everything is copied, but for the roles, which are there as long as the handshake is
 * answered: then the container's request, with all that filters wrapped around it, is let go.
 */
final class OpeningRequest implements HandshakeRequest {

    private final Map<String, List<String>> headers;
    private final Map<String, List<String>> parameters;
    private final @Nullable Principal user;
    private final URI uri;
    private final @Nullable String query;
    private final boolean secure;
    private final @Nullable InetSocketAddress remoteAddress;
    private final @Nullable HttpSession httpSession;
    private volatile @Nullable HttpServletRequest request;

    OpeningRequest(HttpServletRequest request, Map<String, String> pathParameters) {
        this.request = request;
        TreeMap<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : Collections.list(request.getHeaderNames())) {
            lines.put(name, List.copyOf(Collections.list(request.getHeaders(name))));
        }
        this.headers = Collections.unmodifiableMap(lines);
        Map<String, List<String>> all = new LinkedHashMap<>();
        request.getParameterMap().forEach((name, values) -> all.put(name, new ArrayList<>(List.of(values))));
        pathParameters.forEach((name, value) ->
                all.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
        all.replaceAll((name, values) -> List.copyOf(values));
        this.parameters = Collections.unmodifiableMap(all);
        this.user = request.getUserPrincipal();
        this.httpSession = request.getSession(false);
        this.secure = request.isSecure();
        this.query = request.getQueryString();
        this.uri = uriOf(request);
        String address = request.getRemoteAddr();
        int port = request.getRemotePort();
        this.remoteAddress =
                address == null || port < 0 || port > 0xFFFF ? null : InetSocketAddress.createUnresolved(address, port);
    }

    private static URI uriOf(HttpServletRequest request) {
        String http = request.getRequestURL().toString();
        String query = request.getQueryString();
        // http becomes ws, https wss (RFC 6455 §3)
        return URI.create("ws" + http.substring("http".length()) + (query == null ? "" : "?" + query));
    }

    /** The handshake is answered. */
    void answered() {
        request = null;
    }

    boolean secure() {
        return secure;
    }

    @Nullable
    InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public Map<String, List<String>> getHeaders() {
        return headers;
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return user;
    }

    @Override
    public URI getRequestURI() {
        return uri;
    }

    /**
     * {@return whether the user has a role}
     *
     * @throws IllegalStateException when the handshake is answered
     */
    @Override
    public boolean isUserInRole(String role) {
        HttpServletRequest asked = request;
        if (asked == null) {
            throw new IllegalStateException("the handshake is answered: roles can be asked for in modifyHandshake");
        }
        return asked.isUserInRole(role);
    }

    @Override
    public @Nullable HttpSession getHttpSession() {
        return httpSession;
    }

    @Override
    public Map<String, List<String>> getParameterMap() {
        return parameters;
    }

    @Override
    public @Nullable String getQueryString() {
        return query;
    }
}

package io.wsprotocol.spring.reactive.netty;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The field in which Reactor Netty keeps the pseudo-header field {@code :protocol} of an extended CONNECT (RFC 8441 §4). It tells nobody what is
 * in it, so this one field is read by reflection.
 */
public final class ExtendedConnectField {

    /** The name of its class. */
    public static final String TYPE = "reactor.netty.http.server.HttpServerOperations";
    /** The name of the field. */
    public static final String NAME = "http2ExtendedConnectProtocol";

    private ExtendedConnectField() {}

    /** {@return whether a request can be asked} */
    static boolean isReadable(HttpServerRequest request) {
        return fieldOf(request) != null;
    }

    /** {@return what an extended CONNECT asks for; null if the request is none, or not readable} */
    static @Nullable String read(HttpServerRequest request) {
        Field field = fieldOf(request);
        return field == null ? null : (String) ReflectionUtils.getField(field, request);
    }

    private static @Nullable Field fieldOf(HttpServerRequest request) {
        Field field = ReflectionUtils.findField(request.getClass(), NAME, String.class);
        if (field == null) {
            return null;
        }
        try {
            ReflectionUtils.makeAccessible(field);
            return field;
        } catch (InaccessibleObjectException e) {
            return null;
        }
    }
}

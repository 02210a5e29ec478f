package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.DecodeException;
import org.springframework.util.ClassUtils;

/** A text as the type of a parameter: text itself, or one of Java's primitives (Jakarta WebSocket §4.3, §4.7). */
final class TextValue {

    private TextValue() {}

    /** {@return whether text can become that type} */
    static boolean supports(Class<?> type) {
        return type == String.class
                || (ClassUtils.isPrimitiveOrWrapper(type) && type != void.class && type != Void.class);
    }

    /**
     * {@return the text as that type}
     *
     * @throws DecodeException when it is none
     */
    static Object parse(Class<?> type, String text) throws DecodeException {
        Class<?> wrapper = ClassUtils.resolvePrimitiveIfNecessary(type);
        try {
            if (wrapper == String.class) {
                return text;
            }
            if (wrapper == Boolean.class) {
                return Boolean.valueOf(text);
            }
            if (wrapper == Character.class && text.length() == 1) {
                return text.charAt(0);
            }
            return number(wrapper, text);
        } catch (NumberFormatException e) {
            throw new DecodeException(text, "the text is no " + type.getName(), e);
        }
    }

    private static Object number(Class<?> wrapper, String text) throws DecodeException {
        if (wrapper == Integer.class) {
            return Integer.valueOf(text);
        }
        if (wrapper == Long.class) {
            return Long.valueOf(text);
        }
        if (wrapper == Double.class) {
            return Double.valueOf(text);
        }
        if (wrapper == Float.class) {
            return Float.valueOf(text);
        }
        if (wrapper == Short.class) {
            return Short.valueOf(text);
        }
        if (wrapper == Byte.class) {
            return Byte.valueOf(text);
        }
        throw new DecodeException(text, "no decoder takes the message");
    }
}

package io.wsprotocol.spring.server;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * Reads what a class of Spring's keeps and shows nobody. Without state.
 *
 * @since 0.1.0
 */
public final class PrivateField {

    private static final Log LOG = LogFactory.getLog(PrivateField.class);

    private PrivateField() {}

    /**
     * {@return the field's value; null when it has none, there is no such field in this version, or it cannot be read}
     *
     * @param type the class that declares it
     * @param name its name
     * @param target whose
     */
    public static @Nullable Object read(Class<?> type, String name, Object target) {
        Field field = ReflectionUtils.findField(type, name);
        if (field == null) {
            return null;
        }
        try {
            ReflectionUtils.makeAccessible(field);
            return ReflectionUtils.getField(field, target);
        } catch (InaccessibleObjectException | IllegalStateException e) {
            LOG.debug("What " + type.getName() + " keeps cannot be read", e);
            return null;
        }
    }
}

package io.wsprotocol.spring.server;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.socket.server.RequestUpgradeStrategy;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;

/**
 * The field in which Spring's handshake handlers keep their strategy. Spring takes the strategy in constructors only, and
 * applications make their handshake handlers themselves; so this one field is written by reflection.
 */
public final class StrategyField {

    /** The name of the field. */
    public static final String NAME = "requestUpgradeStrategy";

    private StrategyField() {}

    /** {@return a handshake handler's strategy; null when it cannot be read} */
    static @Nullable RequestUpgradeStrategy read(AbstractHandshakeHandler handler) {
        return PrivateField.read(AbstractHandshakeHandler.class, NAME, handler)
                        instanceof RequestUpgradeStrategy strategy
                ? strategy
                : null;
    }

    /**
     * Gives a handshake handler another strategy.
     *
     * @param handler the handshake handler
     * @param strategy its strategy from now on
     * @return null when that is done; else why it is not
     */
    static @Nullable String replace(AbstractHandshakeHandler handler, RequestUpgradeStrategy strategy) {
        Field field = ReflectionUtils.findField(AbstractHandshakeHandler.class, NAME);
        if (field == null) {
            return "this version of Spring keeps the strategy elsewhere";
        }
        try {
            ReflectionUtils.makeAccessible(field);
            ReflectionUtils.setField(field, handler, strategy);
            return null;
        } catch (InaccessibleObjectException | IllegalStateException e) {
            return "the strategy of its handshake handler cannot be replaced ("
                    + e.getClass().getSimpleName() + ")";
        }
    }
}

package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.reactive.netty.ExtendedConnectField;
import io.wsprotocol.spring.server.tomcat.TomcatUpgradeHandler;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

/** Tests of {@link WsProtocolReactiveRuntimeHints}. */
class WsProtocolReactiveRuntimeHintsTests {

    private final RuntimeHints hints = new RuntimeHints();

    WsProtocolReactiveRuntimeHintsTests() {
        new WsProtocolReactiveRuntimeHints().registerHints(hints, null);
    }

    @Test
    void theProtocolOfAnExtendedConnectCanBeRead() throws ReflectiveOperationException {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onFieldAccess(
                                Class.forName(ExtendedConnectField.TYPE).getDeclaredField(ExtendedConnectField.NAME)))
                .accepts(hints);
    }

    @Test
    void tomcatCanMakeTheUpgradeHandler() throws NoSuchMethodException {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(TomcatUpgradeHandler.class.getConstructor()))
                .accepts(hints);
    }
}

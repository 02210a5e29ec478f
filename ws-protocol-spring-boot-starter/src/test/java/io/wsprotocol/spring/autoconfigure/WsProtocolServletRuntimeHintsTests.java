package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.server.StrategyField;
import io.wsprotocol.spring.server.jetty.JettyConfigurerLimits;
import io.wsprotocol.spring.server.servlet.ServletUpgradeHandler;
import io.wsprotocol.spring.server.tomcat.TomcatUpgradeHandler;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy;
import org.springframework.web.socket.server.support.AbstractHandshakeHandler;

class WsProtocolServletRuntimeHintsTests {

    private final RuntimeHints hints = new RuntimeHints();

    WsProtocolServletRuntimeHintsTests() {
        new WsProtocolServletRuntimeHints().registerHints(hints, null);
    }

    @Test
    void containersCanMakeTheUpgradeHandlers() throws NoSuchMethodException {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(TomcatUpgradeHandler.class.getConstructor()))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onConstructorInvocation(ServletUpgradeHandler.class.getConstructor()))
                .accepts(hints);
    }

    @Test
    void theStrategyOfAHandshakeHandlerCanBeReplaced() throws NoSuchFieldException {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onFieldAccess(AbstractHandshakeHandler.class.getDeclaredField(StrategyField.NAME)))
                .accepts(hints);
    }

    @Test
    void theConfigurerOfJettysStrategyCanBeRead() throws NoSuchFieldException {
        assertThat(RuntimeHintsPredicates.reflection()
                        .onFieldAccess(JettyRequestUpgradeStrategy.class.getDeclaredField(JettyConfigurerLimits.FIELD)))
                .accepts(hints);
    }
}

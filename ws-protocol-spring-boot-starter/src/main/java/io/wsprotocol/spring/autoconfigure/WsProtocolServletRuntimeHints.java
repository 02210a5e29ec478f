package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.server.StrategyField;
import io.wsprotocol.spring.server.jetty.JettyConfigurerLimits;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What a native image must keep: the upgrade handlers that containers make by reflection, and the one field that we write. */
final class WsProtocolServletRuntimeHints implements RuntimeHintsRegistrar {

    private static final String PACKAGE = "io.wsprotocol.spring.server.";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        for (String handler : new String[] {"tomcat.TomcatUpgradeHandler", "servlet.ServletUpgradeHandler"}) {
            hints.reflection()
                    .registerType(TypeReference.of(PACKAGE + handler), MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
        }
        hints.reflection()
                .registerType(
                        TypeReference.of("org.springframework.web.socket.server.support.AbstractHandshakeHandler"),
                        type -> type.withField(StrategyField.NAME))
                .registerTypeIfPresent(
                        classLoader,
                        "org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy",
                        type -> type.withField(JettyConfigurerLimits.FIELD));
    }
}

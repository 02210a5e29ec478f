package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.reactive.netty.ExtendedConnectField;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What a native image must keep: the one field of Reactor Netty's that is read, and the handler that Tomcat makes by reflection. */
final class WsProtocolReactiveRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.reflection()
                .registerType(
                        TypeReference.of(ExtendedConnectField.TYPE), type -> type.withField(ExtendedConnectField.NAME));
        hints.reflection()
                .registerType(
                        TypeReference.of("io.wsprotocol.spring.server.tomcat.TomcatUpgradeHandler"),
                        MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
    }
}

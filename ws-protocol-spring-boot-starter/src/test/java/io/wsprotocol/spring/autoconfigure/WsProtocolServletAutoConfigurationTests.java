package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.server.WsProtocolRequestUpgradeStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Tests of {@link WsProtocolServletAutoConfiguration}: which transports there are with which containers on the class path. */
class WsProtocolServletAutoConfigurationTests {

    private static final String TOMCAT = "org.apache.catalina";
    private static final String JETTY = "org.eclipse.jetty";

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WsProtocolAutoConfiguration.class,
                    WsProtocolServerAutoConfiguration.class,
                    WsProtocolServletAutoConfiguration.class));

    @ParameterizedTest
    @CsvSource({
        "nothing, auto, tomcat native|jetty native|servlet",
        JETTY + ", auto, tomcat native|servlet",
        TOMCAT + ", auto, jetty native|servlet",
        JETTY + ".ee11, auto, tomcat native|servlet",
        JETTY + ".io, auto, tomcat native|servlet",
        "nothing, native, tomcat native|jetty native",
        JETTY + ", native, tomcat native",
        "nothing, servlet, servlet",
        JETTY + ", servlet, servlet",
    })
    void eachContainersOwnTransportIsThereWithTheContainer(String missing, String transport, String expected) {
        runner.withClassLoader(new FilteredClassLoader(missing))
                .withPropertyValues("ws-protocol.server.transport=" + transport)
                .run(context -> assertThat(String.join(
                                "|",
                                context.getBean(WsProtocolRequestUpgradeStrategy.class)
                                        .transportNames()))
                        .isEqualTo(expected));
    }
}

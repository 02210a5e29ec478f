package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.wsprotocol.spring.server.HttpSessionEnd;
import io.wsprotocol.spring.server.SessionFactory;
import io.wsprotocol.spring.server.WebSocketBroadcaster;
import io.wsprotocol.spring.server.WsProtocolEndpointInstaller;
import io.wsprotocol.spring.server.WsProtocolHandshakeHandler;
import io.wsprotocol.spring.server.WsProtocolRequestUpgradeStrategy;
import io.wsprotocol.spring.server.jetty.JettyUpgrade;
import io.wsprotocol.spring.server.servlet.ServletUpgrade;
import io.wsprotocol.spring.server.tomcat.TomcatUpgrade;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Tests of {@link WsProtocolServletAutoConfiguration}: which transports there are with which containers on the class path. */
class WsProtocolServletAutoConfigurationTests {

    private static final String TOMCAT = "org.apache.catalina";
    private static final String JETTY = "org.eclipse.jetty";

    private static final List<Class<?>> BEANS = List.of(
            WebSocketBroadcaster.class,
            HttpSessionEnd.class,
            SessionFactory.class,
            WsProtocolRequestUpgradeStrategy.class,
            WsProtocolHandshakeHandler.class,
            ServletUpgrade.class,
            TomcatUpgrade.class,
            JettyUpgrade.class);

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

    @Test
    void anApplicationWithSpringsSupportHasAllOfIt() {
        runner.run(context -> {
            for (Class<?> type : BEANS) {
                assertThat(context).hasSingleBean(type);
            }
            assertThat(context).hasSingleBean(WsProtocolEndpointInstaller.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws-protocol.enabled=false", "ws-protocol.spring.mode=off"})
    void switchedOffNoneIsThere(String property) {
        runner.withPropertyValues(property).run(context -> {
            for (Class<?> type : BEANS) {
                assertThat(context).doesNotHaveBean(type);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.springframework.web.socket", "org.springframework.web.servlet.handler"})
    void withoutAPieceOfSpringTheApplicationStartsWithoutIt(String missing) {
        runner.withClassLoader(new FilteredClassLoader(missing))
                .run(context ->
                        assertThat(context).hasNotFailed().doesNotHaveBean(WsProtocolRequestUpgradeStrategy.class));
    }

    @Test
    void sessionsMayOutliveTheHttpSessionWhereThatIsWanted() {
        runner.withPropertyValues("ws-protocol.server.close-with-http-session=false")
                .run(context ->
                        assertThat(context).hasSingleBean(SessionFactory.class).doesNotHaveBean(HttpSessionEnd.class));
    }

    @ParameterizedTest
    @MethodSource("beans")
    <T> void eachBeanGivesWayToOneOfTheApplication(Class<T> type) {
        T own = mock(type);
        runner.withBean("own", type, () -> own)
                .run(context -> assertThat(context).getBean(type).isSameAs(own));
    }

    static List<Class<?>> beans() {
        return BEANS;
    }
}

package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.wsprotocol.spring.server.ConnectionCaps;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.GracefulDrain;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.SessionProfiles;
import io.wsprotocol.spring.server.ShellFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Tests of {@link WsProtocolServerAutoConfiguration}. */
class WsProtocolServerAutoConfigurationTests {

    private static final List<Class<?>> BEANS = List.of(
            SessionProfiles.class,
            ConnectionCaps.class,
            ConnectionRegistry.class,
            GracefulDrain.class,
            ServerHandshakes.class,
            ShellFactory.class);

    private static final AutoConfigurations ALL =
            AutoConfigurations.of(WsProtocolAutoConfiguration.class, WsProtocolServerAutoConfiguration.class);

    private final WebApplicationContextRunner servlet = new WebApplicationContextRunner().withConfiguration(ALL);

    @Test
    void everyKindOfServerHasThem() {
        servlet.run(context -> BEANS.forEach(type -> assertThat(context).hasSingleBean(type)));
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(ALL)
                .run(context -> BEANS.forEach(type -> assertThat(context).hasSingleBean(type)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws-protocol.enabled=false", "ws-protocol.spring.mode=off"})
    void switchedOffNoneIsThere(String property) {
        servlet.withPropertyValues(property)
                .run(context -> BEANS.forEach(type -> assertThat(context).doesNotHaveBean(type)));
    }

    @Test
    void withoutAServerOrWithoutSpringsSupportNoneIsThere() {
        new ApplicationContextRunner()
                .withConfiguration(ALL)
                .run(context -> BEANS.forEach(type -> assertThat(context).doesNotHaveBean(type)));
        servlet.withClassLoader(new FilteredClassLoader("org.springframework.web.socket"))
                .run(context -> BEANS.forEach(type -> assertThat(context).doesNotHaveBean(type)));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                SessionProfiles.class,
                ConnectionCaps.class,
                ConnectionRegistry.class,
                GracefulDrain.class,
                ServerHandshakes.class,
                ShellFactory.class
            })
    <T> void eachBeanGivesWayToOneOfTheApplication(Class<T> type) {
        T own = mock(type);
        servlet.withBean("own", type, () -> own)
                .run(context -> assertThat(context).getBean(type).isSameAs(own));
    }

    @Test
    void shutdownPropertiesReachTheDrain() {
        servlet.run(context ->
                assertThat(context.getBean(GracefulDrain.class).isRunning()).isTrue());
        servlet.withPropertyValues("ws-protocol.shutdown.enabled=false")
                .run(context -> assertThat(context.getBean(GracefulDrain.class).isRunning())
                        .isFalse());
    }
}

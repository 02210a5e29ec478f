package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.wsprotocol.spring.actuate.ConnectionJournal;
import io.wsprotocol.spring.actuate.WsProtocolEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Tests of {@link WsProtocolEndpointAutoConfiguration}. */
class WsProtocolEndpointAutoConfigurationTests {

    private static final String EXPOSED = "management.endpoints.web.exposure.include=wsprotocol";

    private static final AutoConfigurations ALL = AutoConfigurations.of(
            WsProtocolAutoConfiguration.class,
            WsProtocolServerAutoConfiguration.class,
            WsProtocolServletAutoConfiguration.class,
            WsProtocolReactiveAutoConfiguration.class,
            WsProtocolEndpointAutoConfiguration.class);

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withConfiguration(ALL);

    @Test
    void theEndpointIsThereOnceItIsExposed() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WsProtocolEndpoint.class));
        runner.withPropertyValues(EXPOSED)
                .run(context -> assertThat(context)
                        .hasSingleBean(WsProtocolEndpoint.class)
                        .hasSingleBean(ConnectionJournal.class));
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(ALL)
                .withPropertyValues(EXPOSED)
                .run(context -> assertThat(context).hasSingleBean(WsProtocolEndpoint.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws-protocol.enabled=false",
                "ws-protocol.spring.mode=off",
                "management.endpoint.wsprotocol.access=NONE"
            })
    void switchedOffItIsNotThere(String property) {
        runner.withPropertyValues(EXPOSED, property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WsProtocolEndpoint.class));
    }

    @Test
    void withoutTheActuatorTheApplicationStarts() {
        runner.withPropertyValues(EXPOSED)
                .withClassLoader(new FilteredClassLoader(Endpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnectionJournal.class));
    }

    @ParameterizedTest
    @ValueSource(classes = {WsProtocolEndpoint.class, ConnectionJournal.class})
    <T> void eachBeanGivesWayToOneOfTheApplication(Class<T> type) {
        T own = mock(type);
        runner.withPropertyValues(EXPOSED)
                .withBean("own", type, () -> own)
                .run(context -> assertThat(context).getBean(type).isSameAs(own));
    }
}

package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.wsprotocol.spring.client.WebSocketClientFactory;
import io.wsprotocol.spring.server.ClientSessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.socket.client.WebSocketClient;

/** Tests of {@link WsProtocolClientAutoConfiguration}. */
class WsProtocolClientAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(WsProtocolAutoConfiguration.class, WsProtocolClientAutoConfiguration.class));

    @Test
    void anApplicationNeedsNoServerToHaveClients() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(WebSocketClient.class)
                .hasSingleBean(WebSocketClientFactory.class)
                .hasSingleBean(ClientSessions.class));
    }

    @Test
    void switchedOffOrWithoutSpringsSupportThereAreNone() {
        runner.withPropertyValues("ws-protocol.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketClientFactory.class));
        runner.withClassLoader(new FilteredClassLoader("org.springframework.web.socket"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketClientFactory.class));
    }

    @ParameterizedTest
    @ValueSource(classes = {WebSocketClient.class, WebSocketClientFactory.class, ClientSessions.class})
    <T> void eachBeanGivesWayToOneOfTheApplication(Class<T> type) {
        T own = mock(type);
        runner.withBean("own", type, () -> own)
                .run(context -> assertThat(context).getBean(type).isSameAs(own));
    }
}

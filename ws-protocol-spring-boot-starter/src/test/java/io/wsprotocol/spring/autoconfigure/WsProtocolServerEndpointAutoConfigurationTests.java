package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.wsprotocol.spring.server.EndpointInstaller;
import io.wsprotocol.spring.server.jakarta.ContainerSwap;
import io.wsprotocol.spring.server.jakarta.EndpointUpgrade;
import io.wsprotocol.spring.server.jakarta.ServerEndpoints;
import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests of {@link WsProtocolServerEndpointAutoConfiguration}, without a container. */
@ExtendWith(OutputCaptureExtension.class)
class WsProtocolServerEndpointAutoConfigurationTests {

    private static final AutoConfigurations ALL = AutoConfigurations.of(
            WsProtocolAutoConfiguration.class,
            WsProtocolServerAutoConfiguration.class,
            WsProtocolServletAutoConfiguration.class,
            WsProtocolServerEndpointAutoConfiguration.class);

    private final WebApplicationContextRunner servlet = new WebApplicationContextRunner().withConfiguration(ALL);

    @Test
    void isThereAndLeavesAloneWhatIsNotTomcats() {
        servlet.run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(EndpointUpgrade.class)
                    .hasSingleBean(ServerEndpoints.class)
                    .hasBean("webSocketServerEndpointFilter");
            assertThat(context.getBean(ServletContext.class).getAttribute(ServerContainer.class.getName()))
                    .isNull();
            assertThat(context.getBean(ContainerSwap.class).decisions()).isEmpty();
            assertThat(context.getBean(ContainerSwap.class).transportNames()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws-protocol.enabled=false",
                "ws-protocol.spring.mode=off",
                "ws-protocol.spring.server-endpoints=false"
            })
    void staysAwayWhenToldSo(String property) {
        servlet.withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ContainerSwap.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jakarta.websocket",
                "org.apache.tomcat.websocket",
                "org.apache.catalina",
                "org.springframework.web.socket",
                "org.springframework.web.servlet"
            })
    void staysAwayWithoutItsClasses(String missing) {
        servlet.withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("webSocketContainerSwap"));
    }

    @Test
    void staysAwayFromReactiveApplications() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(ALL)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ContainerSwap.class));
    }

    @Test
    void aPathThatTwoEndpointsHaveIsWarnedOf(CapturedOutput output) {
        servlet.withBean("springs", EndpointInstaller.class, () -> installerOf("/echo", "/chat"))
                .withBean("jakartas", EndpointInstaller.class, () -> installerOf("/echo", "/jakarta"))
                .run(context -> assertThat(output)
                        .containsOnlyOnce("Two endpoints have the path")
                        .contains("Two endpoints have the path /echo; the one of Jakarta WebSocket"));
    }

    private static EndpointInstaller installerOf(String... paths) {
        EndpointInstaller installer = mock(EndpointInstaller.class);
        when(installer.decisions())
                .thenReturn(Arrays.stream(paths)
                        .map(path -> new EndpointInstaller.Decision(path, true, "tomcat native"))
                        .toList());
        return installer;
    }
}

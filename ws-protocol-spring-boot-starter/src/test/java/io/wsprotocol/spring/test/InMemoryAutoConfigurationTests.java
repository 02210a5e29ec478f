package io.wsprotocol.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** The auto-configurations of tests where the other kind of application is not on the class path, or nothing is on the engine. */
class InMemoryAutoConfigurationTests {

    private static final AutoConfigurations BOTH = AutoConfigurations.of(
            InMemoryWebSocketsAutoConfiguration.class, ReactiveInMemoryWebSocketsAutoConfiguration.class);

    @Test
    void aServletApplicationNeedsNoWebFlux() {
        new WebApplicationContextRunner()
                .withConfiguration(BOTH)
                .withClassLoader(new FilteredClassLoader("org.springframework.web.reactive", "reactor"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(InMemoryServer.class)
                        .doesNotHaveBean("reactiveInMemoryUpgrade"));
    }

    @Test
    void aWebFluxApplicationNeedsNoServlets() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(BOTH)
                .withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.springframework.web.socket"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(InMemoryServer.class)
                        .doesNotHaveBean("inMemoryUpgrade"));
    }
}

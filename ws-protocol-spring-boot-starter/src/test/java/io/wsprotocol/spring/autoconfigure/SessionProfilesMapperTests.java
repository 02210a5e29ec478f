package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.driver.OverflowPolicy;
import io.wsprotocol.spring.ConnectionOptionsCustomizer;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.server.SessionProfiles;
import io.wsprotocol.spring.server.SessionSettings;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** Profiles of endpoints, from their properties to the settings of a session. */
class SessionProfilesMapperTests {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WsProtocolAutoConfiguration.class,
                    WsProtocolServerAutoConfiguration.class,
                    WsProtocolServletAutoConfiguration.class));

    private void with(Consumer<SessionProfiles> test, String... properties) {
        runner.withPropertyValues(properties).run(context -> test.accept(context.getBean(SessionProfiles.class)));
    }

    @Test
    void withoutProfilesAllEndpointsHaveTheGeneralSettings() {
        with(profiles -> {
            SessionSettings settings = profiles.settingsFor("/any", false);
            assertThat(settings.options())
                    .usingRecursiveComparison()
                    .ignoringFields("coderPool")
                    .isEqualTo(ConnectionOptions.defaults());
            assertThat(settings.overflow()).isEqualTo(SendOverflow.BLOCK);
            assertThat(settings.sendTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(profiles.settingsFor(null, true).options().partialMessages())
                    .isTrue();
        });
    }

    @Test
    void aProfileChangesWhatItNamesAndLeavesTheRest() {
        with(
                profiles -> {
                    SessionSettings chat = profiles.settingsFor("/chat", false);
                    assertThat(chat.options().maxMessageBytes()).isEqualTo(4096);
                    assertThat(chat.options().maxFragments()).isEqualTo(3);
                    assertThat(chat.options().maxEmptyFragments()).isEqualTo(2);
                    assertThat(chat.options().messageTimeout()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(chat.options().controlFrameRate()).isEqualTo(ConnectionOptions.UNLIMITED_COUNT);
                    assertThat(chat.options().controlFrameBurst()).isEqualTo(7);
                    assertThat(chat.options().maxLifetime()).isEqualTo(Duration.ofHours(1));
                    assertThat(chat.options().maxQueuedBytes()).isEqualTo(64 << 10);
                    assertThat(chat.options().highWaterBytes()).isEqualTo(32 << 10);
                    assertThat(chat.options().lowWaterBytes()).isEqualTo(8 << 10);
                    assertThat(chat.options().maxQueuedMessages()).isEqualTo(9);
                    assertThat(chat.options().overflowPolicy()).isEqualTo(OverflowPolicy.DROP_OLDEST);
                    assertThat(chat.options().writeTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(chat.sendTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(chat.options().keepAlive()).isEqualTo(KeepAliveMode.UNSOLICITED_PONG);
                    assertThat(chat.options().pingInterval()).isEqualTo(Duration.ofSeconds(5));
                    assertThat(chat.options().pongTimeout()).isEqualTo(Duration.ofSeconds(6));
                    assertThat(chat.options().missedPongsAllowed()).isEqualTo(1);
                    assertThat(chat.options().idleTimeout()).isEqualTo(ConnectionOptions.OFF);
                    assertThat(chat.options().closeTimeout()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(chat.options().failureCloseTimeout()).isEqualTo(Duration.ofMillis(800));
                    SessionSettings feed = profiles.settingsFor("/feed/prices", false);
                    assertThat(feed.options().maxMessageBytes()).isEqualTo(2 << 20);
                    assertThat(feed.options().maxFragments()).isEqualTo(5);
                    assertThat(feed.overflow()).isEqualTo(SendOverflow.CLOSE);
                    SessionSettings other = profiles.settingsFor("/other", false);
                    assertThat(other.options().maxMessageBytes()).isEqualTo(2 << 20);
                    assertThat(other.overflow()).isEqualTo(SendOverflow.BLOCK);
                },
                "ws-protocol.limits.max-message-size=2MB",
                "ws-protocol.server.path-settings[0].path=/chat",
                "ws-protocol.server.path-settings[0].profile=small",
                "ws-protocol.server.path-settings[1].path=/feed/**",
                "ws-protocol.server.path-settings[1].profile=feed",
                "ws-protocol.server.path-settings[2].path=/feed/prices",
                "ws-protocol.server.path-settings[2].profile=small",
                "ws-protocol.profiles.feed.send.overflow=close",
                "ws-protocol.profiles.feed.limits.max-fragments=5",
                "ws-protocol.profiles.small.limits.max-message-size=4KB",
                "ws-protocol.profiles.small.limits.max-fragments=3",
                "ws-protocol.profiles.small.limits.max-empty-fragments=2",
                "ws-protocol.profiles.small.limits.message-timeout=3s",
                "ws-protocol.profiles.small.limits.control-frame-rate=unlimited",
                "ws-protocol.profiles.small.limits.control-frame-burst=7",
                "ws-protocol.profiles.small.limits.max-session-age=1h",
                "ws-protocol.profiles.small.send.queue-bytes=64KB",
                "ws-protocol.profiles.small.send.queue-messages=9",
                "ws-protocol.profiles.small.send.overflow=drop-oldest",
                "ws-protocol.profiles.small.send.timeout=4s",
                "ws-protocol.profiles.small.keepalive.mode=unsolicited-pong",
                "ws-protocol.profiles.small.keepalive.interval=5s",
                "ws-protocol.profiles.small.keepalive.timeout=6s",
                "ws-protocol.profiles.small.keepalive.missed=1",
                "ws-protocol.profiles.small.idle-timeout=off",
                "ws-protocol.profiles.small.close.timeout=7s",
                "ws-protocol.profiles.small.close.failure-timeout=800ms");
    }

    @Test
    void theRootOfASockJsTreeMeansTheTree() {
        with(
                profiles -> assertThat(profiles.settingsFor("/sockjs/**", false)
                                .options()
                                .maxFragments())
                        .isEqualTo(3),
                "ws-protocol.server.path-settings[0].path=/sockjs",
                "ws-protocol.server.path-settings[0].profile=small",
                "ws-protocol.profiles.small.limits.max-fragments=3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            limits.max-message-size      | 124B | at least 125B
            limits.max-fragments         | 0    | at least 1
            limits.max-empty-fragments   | -1   | at least 1
            limits.message-timeout       | 0s   | at least 1ms
            limits.control-frame-rate    | 0    | at least 1
            limits.control-frame-burst   | 0    | at least 1
            limits.max-session-age       | -1s  | at least 1ms
            send.queue-bytes             | 0B   | at least 1B
            send.queue-messages          | 0    | at least 1
            send.high-water              | 1MB  | from 0B to ws-protocol.profiles.p.send.queue-bytes
            send.low-water               | 257KB | from 0B to ws-protocol.profiles.p.send.high-water
            send.timeout                 | 0s   | at least 1ms
            keepalive.interval           | 0s   | at least 1ms
            keepalive.timeout            | 0s   | at least 1ms
            keepalive.missed             | -1   | at least 0
            idle-timeout                 | 0s   | at least 1ms
            close.timeout                | 0s   | at least 1ms
            close.failure-timeout        | 0s   | at least 1ms
            """)
    void aValueOutOfItsRangeStopsTheStartEvenInAProfileThatNoPathNames(String key, String value, String expected) {
        runner.withPropertyValues("ws-protocol.profiles.p." + key + "=" + value)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("ws-protocol.profiles.p." + key + " must be")
                        .hasStackTraceContaining(expected));
    }

    @Test
    void aPolicyThatACustomizerChoseHoldsInProfilesThatNameNone() {
        runner.withBean(
                        ConnectionOptionsCustomizer.class,
                        () -> options -> options.overflowPolicy(OverflowPolicy.CLOSE))
                .withPropertyValues(
                        "ws-protocol.server.path-settings[0].path=/chat",
                        "ws-protocol.server.path-settings[0].profile=small",
                        "ws-protocol.server.path-settings[1].path=/feed",
                        "ws-protocol.server.path-settings[1].profile=feed",
                        "ws-protocol.profiles.small.limits.max-fragments=3",
                        "ws-protocol.profiles.feed.send.overflow=block")
                .run(context -> {
                    SessionProfiles profiles = context.getBean(SessionProfiles.class);
                    assertThat(profiles.settingsFor("/other", false).overflow()).isEqualTo(SendOverflow.CLOSE);
                    assertThat(profiles.settingsFor("/chat", false).overflow()).isEqualTo(SendOverflow.CLOSE);
                    assertThat(profiles.settingsFor("/feed", false).overflow()).isEqualTo(SendOverflow.BLOCK);
                });
    }

    @Test
    void aNameThatNoProfileHasStopsTheStartAndSaysWhichThereAre() {
        runner.withPropertyValues(
                        "ws-protocol.server.path-settings[0].path=/chat",
                        "ws-protocol.server.path-settings[0].profile=smal",
                        "ws-protocol.profiles.small.limits.max-fragments=3",
                        "ws-protocol.profiles.feed.limits.max-fragments=3")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("ws-protocol.server.path-settings[0].profile must be one of the names"
                                + " under ws-protocol.profiles: feed, small, was smal"));
        runner.withPropertyValues(
                        "ws-protocol.server.path-settings[0].path=/chat",
                        "ws-protocol.server.path-settings[0].profile=chat")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("where there is none"));
    }

    @Test
    void aPathSettingNeedsBoth() {
        runner.withPropertyValues(
                        "ws-protocol.server.path-settings[0].path=chat",
                        "ws-protocol.server.path-settings[0].profile=chat")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("path patterns that begin with '/'"));
        runner.withPropertyValues("ws-protocol.server.path-settings[0].path=/chat")
                .run(context ->
                        assertThat(context.getStartupFailure()).hasStackTraceContaining("the name of a profile"));
    }
}

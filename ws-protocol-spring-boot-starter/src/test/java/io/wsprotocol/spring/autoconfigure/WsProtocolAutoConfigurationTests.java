package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.BufferSource;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.GlobalProperties;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import io.wsprotocol.driver.OverflowPolicy;
import io.wsprotocol.spring.ConnectionOptionsCustomizer;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import io.wsprotocol.spring.EndpointMode;
import io.wsprotocol.spring.HandleExchange;
import io.wsprotocol.spring.HandleObserverFactory;
import io.wsprotocol.spring.HandleOptionsCustomizer;
import io.wsprotocol.spring.PooledBufferSource;
import io.wsprotocol.spring.ServerTransport;
import io.wsprotocol.spring.WebSocketHandleFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.MapPropertySource;

/** Tests of {@link WsProtocolAutoConfiguration}: what is there, what each property does, what gives way. */
@ExtendWith(OutputCaptureExtension.class)
class WsProtocolAutoConfigurationTests {

    /** More than the core's own default, since it is borrowed step by step. */
    private static final int BORROWED_AT_MOST = 16 << 10;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(WsProtocolAutoConfiguration.class, WsProtocolMetricsAutoConfiguration.class));

    @Test
    void withoutAnyPropertyTheBeansHoldTheDefaultsOfTheCoreAndReadMoreAtOnce() {
        runner.run(context -> {
            ConnectionOptions connection = context.getBean(ConnectionOptions.class);
            assertThat(connection)
                    .usingRecursiveComparison()
                    .ignoringFields("coderPool")
                    .isEqualTo(ConnectionOptions.defaults());
            assertThat(connection.coderPool()).isSameAs(context.getBean(CoderPool.class));
            HandleOptions handle = context.getBean(HandleOptions.class);
            assertThat(handle.toBuilder().bufferSource(null).build())
                    .isEqualTo(HandleOptions.builder()
                            .receiveBufferSize(BORROWED_AT_MOST)
                            .build());
            assertThat(handle.bufferSource()).isSameAs(context.getBean(PooledBufferSource.class));
            assertThat(context.getBean(GlobalProperties.class).keepAliveInterval())
                    .isEqualTo(Duration.ofSeconds(30));
            assertThat(context.getBean(GlobalProperties.class).supportedVersions())
                    .containsExactly(13);
        });
    }

    @Test
    void theFactoryMakesHandlesOfBothRoles() {
        runner.run(context -> {
            WebSocketHandleFactory factory = context.getBean(WebSocketHandleFactory.class);
            try (ClientHandle client = factory.createClientHandle();
                    ServerHandle server = factory.createServerHandle()) {
                assertThat(client.isServer()).isFalse();
                assertThat(server.isServer()).isTrue();
            }
        });
    }

    @Test
    void nothingIsThereWhenDisabled() {
        runner.withPropertyValues("ws-protocol.enabled=false", "ws-protocol.receive-buffer-size=1B")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).doesNotHaveBean(WebSocketHandleFactory.class);
                    assertThat(context).doesNotHaveBean(WsProtocolProperties.class);
                });
    }

    @Test
    void everythingButMetersWorksWithoutMicrometer() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer")).run(context -> {
            assertThat(context).hasSingleBean(WebSocketHandleFactory.class);
            assertThat(context).doesNotHaveBean(WsProtocolMetricsAutoConfiguration.class);
            context.getBean(WebSocketHandleFactory.class).createServerHandle().close();
        });
    }

    @Test
    void windowsPropertiesReachTheHandle() {
        runner.withPropertyValues(
                        "ws-protocol.receive-buffer-size=8KB",
                        "ws-protocol.send-buffer-size=2KB",
                        "ws-protocol.disable-masking=true",
                        "ws-protocol.disable-utf8-verification=true")
                .run(context -> {
                    HandleOptions options =
                            context.getBean(WebSocketHandleFactory.class).options();
                    assertThat(options.receiveBufferSize()).isEqualTo(8192);
                    assertThat(options.sendBufferSize()).isEqualTo(2048);
                    assertThat(options.disableMasking()).isTrue();
                    assertThat(options.disableUtf8Verification()).isTrue();
                });
    }

    @Test
    void limitsReachTheConnection() {
        runner.withPropertyValues(
                        "ws-protocol.limits.max-message-size=2MB",
                        "ws-protocol.limits.max-fragments=7",
                        "ws-protocol.limits.max-empty-fragments=3",
                        "ws-protocol.limits.message-timeout=11s",
                        "ws-protocol.limits.control-frame-rate=5",
                        "ws-protocol.limits.control-frame-burst=9",
                        "ws-protocol.idle-timeout=2m",
                        "ws-protocol.close.timeout=3s",
                        "ws-protocol.close.failure-timeout=250ms")
                .run(context -> {
                    ConnectionOptions options = context.getBean(ConnectionOptions.class);
                    assertThat(options.maxMessageBytes()).isEqualTo(2 << 20);
                    assertThat(options.maxFragments()).isEqualTo(7);
                    assertThat(options.maxEmptyFragments()).isEqualTo(3);
                    assertThat(options.messageTimeout()).isEqualTo(Duration.ofSeconds(11));
                    assertThat(options.controlFrameRate()).isEqualTo(5);
                    assertThat(options.controlFrameBurst()).isEqualTo(9);
                    assertThat(options.idleTimeout()).isEqualTo(Duration.ofMinutes(2));
                    assertThat(options.closeTimeout()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(options.failureCloseTimeout()).isEqualTo(Duration.ofMillis(250));
                });
    }

    @Test
    void sendPropertiesReachTheConnection() {
        runner.withPropertyValues(
                        "ws-protocol.send.queue-bytes=100KB",
                        "ws-protocol.send.queue-messages=12",
                        "ws-protocol.send.overflow=drop-oldest",
                        "ws-protocol.send.high-water=50KB",
                        "ws-protocol.send.low-water=10KB",
                        "ws-protocol.send.timeout=4s")
                .run(context -> {
                    ConnectionOptions options = context.getBean(ConnectionOptions.class);
                    assertThat(options.maxQueuedBytes()).isEqualTo(100 << 10);
                    assertThat(options.maxQueuedMessages()).isEqualTo(12);
                    assertThat(options.overflowPolicy()).isEqualTo(OverflowPolicy.DROP_OLDEST);
                    assertThat(options.highWaterBytes()).isEqualTo(50 << 10);
                    assertThat(options.lowWaterBytes()).isEqualTo(10 << 10);
                    assertThat(options.writeTimeout()).isEqualTo(Duration.ofSeconds(4));
                });
    }

    @Test
    void waterMarksFollowTheSizeOfTheQueue() {
        runner.withPropertyValues("ws-protocol.send.queue-bytes=64KB").run(context -> {
            ConnectionOptions options = context.getBean(ConnectionOptions.class);
            assertThat(options.highWaterBytes()).isEqualTo(32 << 10);
            assertThat(options.lowWaterBytes()).isEqualTo(8 << 10);
        });
    }

    @Test
    void keepAlivePropertiesReachTheConnection() {
        runner.withPropertyValues(
                        "ws-protocol.keepalive.mode=unsolicited-pong",
                        "ws-protocol.keepalive.interval=2s",
                        "ws-protocol.keepalive.timeout=1s",
                        "ws-protocol.keepalive.missed=2",
                        "ws-protocol.keepalive-interval=40s")
                .run(context -> {
                    ConnectionOptions options = context.getBean(ConnectionOptions.class);
                    assertThat(options.keepAlive()).isEqualTo(KeepAliveMode.UNSOLICITED_PONG);
                    assertThat(options.pingInterval()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(options.pongTimeout()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(options.missedPongsAllowed()).isEqualTo(2);
                    assertThat(context.getBean(GlobalProperties.class).keepAliveInterval())
                            .isEqualTo(Duration.ofSeconds(40));
                });
    }

    @Test
    void theKeepAliveIntervalOfWindowsIsThePingIntervalUnlessThatIsSet() {
        runner.withPropertyValues("ws-protocol.keepalive-interval=40s")
                .run(context -> assertThat(
                                context.getBean(ConnectionOptions.class).pingInterval())
                        .isEqualTo(Duration.ofSeconds(40)));
    }

    @Test
    void aKeepAliveIntervalBelowTheFloorIsRaisedWithOneWarning(CapturedOutput output) {
        runner.withPropertyValues("ws-protocol.keepalive-interval=3s").run(context -> {
            assertThat(context.getBean(GlobalProperties.class).keepAliveInterval())
                    .isEqualTo(Duration.ofSeconds(15));
            assertThat(context.getBean(ConnectionOptions.class).pingInterval()).isEqualTo(Duration.ofSeconds(15));
            assertThat(output).containsOnlyOnce("ws-protocol.keepalive-interval is raised from 3000ms to 15s");
        });
    }

    @Test
    void weakeningPropertiesWarnOnceEach(CapturedOutput output) {
        runner.withPropertyValues("ws-protocol.disable-masking=true", "ws-protocol.disable-utf8-verification=true")
                .run(context -> assertThat(output)
                        .containsOnlyOnce("ws-protocol.disable-masking is on")
                        .containsOnlyOnce("ws-protocol.disable-utf8-verification is on"));
    }

    @Test
    void defaultsWarnOfNothing(CapturedOutput output) {
        runner.run(context -> assertThat(output).doesNotContain("ws-protocol."));
    }

    @Test
    void theWordsUnlimitedAndOffLiftALimit() {
        runner.withPropertyValues(
                        "ws-protocol.limits.max-message-size=unlimited",
                        "ws-protocol.limits.max-fragments=unlimited",
                        "ws-protocol.limits.message-timeout=off",
                        "ws-protocol.limits.control-frame-rate=unlimited",
                        "ws-protocol.send.queue-bytes=Unlimited",
                        "ws-protocol.send.queue-messages=unlimited",
                        "ws-protocol.idle-timeout=OFF")
                .run(context -> {
                    ConnectionOptions options = context.getBean(ConnectionOptions.class);
                    assertThat(options.maxMessageBytes()).isEqualTo(ConnectionOptions.UNLIMITED);
                    assertThat(options.maxFragments()).isEqualTo(ConnectionOptions.UNLIMITED_COUNT);
                    assertThat(options.messageTimeout()).isEqualTo(ConnectionOptions.OFF);
                    assertThat(options.controlFrameRate()).isEqualTo(ConnectionOptions.UNLIMITED_COUNT);
                    assertThat(options.maxQueuedBytes()).isEqualTo(ConnectionOptions.UNLIMITED);
                    assertThat(options.maxQueuedMessages()).isEqualTo(ConnectionOptions.UNLIMITED_COUNT);
                    assertThat(options.highWaterBytes()).isEqualTo(256 << 10);
                    assertThat(options.idleTimeout()).isEqualTo(ConnectionOptions.OFF);
                });
    }

    @Test
    void valuesThatYamlHasGivenATypeAreUnderstood() {
        Map<String, Object> yaml = Map.of(
                "ws-protocol.limits.max-message-size",
                2_000_000,
                "ws-protocol.send.queue-bytes",
                5_000_000_000L,
                "ws-protocol.limits.max-fragments",
                5,
                "ws-protocol.limits.message-timeout",
                1500,
                "ws-protocol.idle-timeout",
                false,
                "ws-protocol.keepalive.mode",
                false,
                "ws-protocol.spring.mode",
                false,
                "ws-protocol.supported-versions",
                13);
        runner.withInitializer(context ->
                        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("yaml", yaml)))
                .run(context -> {
                    ConnectionOptions options = context.getBean(ConnectionOptions.class);
                    assertThat(options.maxMessageBytes()).isEqualTo(2_000_000);
                    assertThat(options.maxQueuedBytes()).isEqualTo(5_000_000_000L);
                    assertThat(options.maxFragments()).isEqualTo(5);
                    assertThat(options.messageTimeout()).isEqualTo(Duration.ofMillis(1500));
                    assertThat(options.idleTimeout()).isEqualTo(ConnectionOptions.OFF);
                    assertThat(options.keepAlive()).isEqualTo(KeepAliveMode.OFF);
                    assertThat(context.getBean(WsProtocolProperties.class)
                                    .spring()
                                    .mode())
                            .isEqualTo(EndpointMode.OFF);
                });
    }

    @Test
    void endpointAndTransportPropertiesAreBound() {
        runner.withPropertyValues(
                        "ws-protocol.spring.mode=explicit",
                        "ws-protocol.spring.required=true",
                        "ws-protocol.spring.exclude-paths=/a,/b/**",
                        "ws-protocol.spring.server-endpoints=false",
                        "ws-protocol.server.transport=servlet",
                        "ws-protocol.metrics.enabled=false",
                        "ws-protocol.metrics.sample-rate=10",
                        "ws-protocol.metrics.receive-wait=true",
                        "ws-protocol.metrics.message-size=true")
                .run(context -> {
                    WsProtocolProperties properties = context.getBean(WsProtocolProperties.class);
                    assertThat(properties.spring())
                            .isEqualTo(new WsProtocolProperties.Spring(
                                    EndpointMode.EXPLICIT, true, List.of("/a", "/b/**"), false));
                    assertThat(properties.server().transport()).isEqualTo(ServerTransport.SERVLET);
                    assertThat(properties.metrics()).isEqualTo(new WsProtocolProperties.Metrics(false, 10, true, true));
                });
    }

    @Test
    void withAllocatedBufferEachHandleHasMemoryOfItsOwn() {
        runner.withUserConfiguration(CountingBuffers.class)
                .withPropertyValues("ws-protocol.allocated-buffer=true")
                .run(context -> {
                    HandleExchange exchange = new HandleExchange(context.getBean(WebSocketHandleFactory.class));
                    exchange.sendText("hello");
                    exchange.receive();
                    exchange.close();
                    assertThat(context.getBean(CountingBuffers.class).acquired).isZero();
                });
    }

    @Test
    void withoutAllocatedBufferHandlesBorrow() {
        runner.withUserConfiguration(CountingBuffers.class).run(context -> {
            HandleExchange exchange = new HandleExchange(context.getBean(WebSocketHandleFactory.class));
            exchange.sendText("hello");
            exchange.receive();
            exchange.close();
            CountingBuffers buffers = context.getBean(CountingBuffers.class);
            assertThat(buffers.acquired).isPositive();
            assertThat(buffers.released).isEqualTo(buffers.acquired);
        });
    }

    @Test
    void customizersComeAfterThePropertiesAndInOrder() {
        runner.withUserConfiguration(Customizers.class)
                .withPropertyValues("ws-protocol.receive-buffer-size=8KB", "ws-protocol.limits.max-message-size=8KB")
                .run(context -> {
                    assertThat(context.getBean(HandleOptions.class).receiveBufferSize())
                            .isEqualTo(3000);
                    assertThat(context.getBean(ConnectionOptions.class).maxMessageBytes())
                            .isEqualTo(3000);
                });
    }

    @Test
    void eachBeanGivesWayToTheApplications() {
        runner.withUserConfiguration(Replacements.class).run(context -> {
            assertThat(context).getBean(GlobalProperties.class).isSameAs(Replacements.GLOBAL);
            assertThat(context).getBean(BufferSource.class).isSameAs(Replacements.BUFFERS);
            assertThat(context).getBean(HandleOptions.class).isSameAs(Replacements.HANDLE);
            assertThat(context).getBean(ConnectionOptions.class).isSameAs(Replacements.CONNECTION);
            assertThat(context).getBean(WebSocketHandleFactory.class).isSameAs(Replacements.FACTORY);
            assertThat(context).getBean(DeadlineScheduler.class).isSameAs(Replacements.SCHEDULER);
        });
    }

    @Test
    void observersOfTheContextHearEveryHandle() {
        runner.withUserConfiguration(Observers.class).run(context -> {
            context.getBean(WebSocketHandleFactory.class).createServerHandle().close();
            context.getBean(WebSocketHandleFactory.class)
                    .createClientHandle(context.getBean(ConnectionOptions.class))
                    .close();
            assertThat(context.getBean(Observers.class).heard)
                    .containsExactly("first SERVER false", "second SERVER", "first CLIENT true", "second CLIENT");
        });
    }

    @Test
    void theTimerEndsWithTheContext() {
        DeadlineScheduler[] scheduler = new DeadlineScheduler[1];
        runner.run(context -> {
            scheduler[0] = context.getBean(DeadlineScheduler.class);
            scheduler[0].register(() -> {});
        });
        assertThat(scheduler[0].size()).isZero();
    }

    @Configuration(proxyBeanMethods = false)
    static class CountingBuffers implements BufferSource {

        private int acquired;
        private int released;

        @Override
        public ByteBuffer acquire(int bytes) {
            acquired++;
            return ByteBuffer.allocate(bytes);
        }

        @Override
        public void release(ByteBuffer buffer) {
            released++;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        HandleOptionsCustomizer second() {
            return options -> options.receiveBufferSize(3000);
        }

        @Bean
        @Order(1)
        HandleOptionsCustomizer first() {
            return options -> options.receiveBufferSize(2000);
        }

        @Bean
        @Order(2)
        ConnectionOptionsCustomizer secondOfConnection() {
            return options -> options.maxMessageBytes(3000);
        }

        @Bean
        @Order(1)
        ConnectionOptionsCustomizer firstOfConnection() {
            return options -> options.maxMessageBytes(2000);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Replacements {

        static final GlobalProperties GLOBAL = GlobalProperties.withKeepAliveInterval(Duration.ofMinutes(1));
        static final BufferSource BUFFERS = new PooledBufferSource(0);
        static final HandleOptions HANDLE = HandleOptions.builder().build();
        static final ConnectionOptions CONNECTION = ConnectionOptions.builder().build();
        static final WebSocketHandleFactory FACTORY = new DefaultWebSocketHandleFactory(HANDLE, List.of(), false);
        static final DeadlineScheduler SCHEDULER = new DeadlineScheduler();

        @Bean
        GlobalProperties global() {
            return GLOBAL;
        }

        @Bean
        BufferSource buffers() {
            return BUFFERS;
        }

        @Bean
        HandleOptions handle() {
            return HANDLE;
        }

        @Bean
        ConnectionOptions connection() {
            return CONNECTION;
        }

        @Bean
        WebSocketHandleFactory factory() {
            return FACTORY;
        }

        @Bean
        DeadlineScheduler scheduler() {
            return SCHEDULER;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Observers {

        private final List<String> heard = new ArrayList<>();

        @Bean
        @Order(2)
        HandleObserverFactory second() {
            return (role, connection) -> new HandleObserver() {
                @Override
                public void handleClosed() {
                    heard.add("second " + role);
                }
            };
        }

        @Bean
        @Order(1)
        HandleObserverFactory first() {
            return (role, connection) -> new HandleObserver() {
                @Override
                public void handleClosed() {
                    heard.add("first " + role + " " + connection);
                }
            };
        }
    }
}

package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.BufferSource;
import io.wsprotocol.GlobalProperties;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.ConnectionOptionsCustomizer;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.DefaultWebSocketHandleFactory;
import io.wsprotocol.spring.HandleObserverFactory;
import io.wsprotocol.spring.HandleOptionsCustomizer;
import io.wsprotocol.spring.LimitLog;
import io.wsprotocol.spring.PooledBufferSource;
import io.wsprotocol.spring.WebSocketHandleFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the engine: the handle factory, the options of handles and connections, their memory and their timer. Each
 * bean gives way to one of the application's.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "ws-protocol.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WsProtocolProperties.class)
public final class WsProtocolAutoConfiguration {

    /* What the buffer pool keeps at most: enough for a few thousand connections with bytes on their way at the same time. */
    private static final long POOLED_BYTES = 32L << 20;

    @Bean
    @ConditionalOnMissingBean
    GlobalProperties webSocketGlobalProperties(WsProtocolProperties properties) {
        return properties.globalProperties();
    }

    @Bean
    @ConditionalOnMissingBean
    BufferSource webSocketBufferSource() {
        return new PooledBufferSource(POOLED_BYTES);
    }

    @Bean
    @ConditionalOnMissingBean
    HandleOptions webSocketHandleOptions(
            WsProtocolProperties properties,
            BufferSource bufferSource,
            ObjectProvider<HandleOptionsCustomizer> customizers) {
        HandleOptions.Builder options = new HandleOptionsMapper(properties).map(bufferSource);
        customizers.orderedStream().forEach(customizer -> customizer.customize(options));
        return options.build();
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    CoderPool webSocketCoderPool(WsProtocolProperties properties) {
        return properties.compression().coderPool();
    }

    @Bean
    @ConditionalOnMissingBean
    ConnectionOptions webSocketConnectionOptions(
            WsProtocolProperties properties,
            CoderPool coders,
            ObjectProvider<ConnectionOptionsCustomizer> customizers) {
        ConnectionOptions.Builder options =
                new ConnectionOptionsMapper(properties).map().coderPool(coders);
        customizers.orderedStream().forEach(customizer -> customizer.customize(options));
        return options.build();
    }

    @Bean
    @ConditionalOnMissingBean(WebSocketHandleFactory.class)
    DefaultWebSocketHandleFactory webSocketHandleFactory(
            WsProtocolProperties properties, HandleOptions options, ObjectProvider<HandleObserverFactory> observers) {
        return new DefaultWebSocketHandleFactory(
                options, observers.orderedStream().toList(), properties.allocatedBuffer());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    DeadlineScheduler webSocketDeadlineScheduler() {
        return new DeadlineScheduler();
    }

    @Bean
    @ConditionalOnMissingBean
    LimitLog webSocketLimitLog() {
        return new LimitLog();
    }

    @Bean
    StartupWarnings webSocketStartupWarnings(WsProtocolProperties properties) {
        return new StartupWarnings(properties);
    }

    /** {@return one factory that speaks for all beans of the type} */
    static ConnectionObserverFactory all(ObjectProvider<ConnectionObserverFactory> observers) {
        return ConnectionObserverFactory.all(observers.orderedStream().toList());
    }
}

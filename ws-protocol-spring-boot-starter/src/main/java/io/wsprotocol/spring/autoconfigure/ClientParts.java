package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.WebSocketHandleFactory;
import io.wsprotocol.spring.client.ClientConnector;
import io.wsprotocol.spring.client.ClientConnectorCustomizer;
import io.wsprotocol.spring.client.ClientSettings;
import io.wsprotocol.spring.server.SessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** What clients of both kinds, servlet and reactive, are made of. Thread-safe. */
final class ClientParts {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private final WsProtocolProperties properties;
    private final WebSocketHandleFactory handles;
    private final SessionProfilesMapper profiles;
    private final ConnectionObserverFactory observers;
    private final ObjectProvider<SslBundles> bundles;
    private final List<ClientConnectorCustomizer> customizers;
    private final Environment environment;

    ClientParts(
            WsProtocolProperties properties,
            WebSocketHandleFactory handles,
            ConnectionOptions options,
            ObjectProvider<ConnectionObserverFactory> observers,
            ObjectProvider<SslBundles> bundles,
            ObjectProvider<ClientConnectorCustomizer> customizers,
            Environment environment) {
        this.properties = properties;
        this.handles = handles;
        this.profiles = new SessionProfilesMapper(properties, options);
        this.observers = WsProtocolAutoConfiguration.all(observers);
        this.bundles = bundles;
        this.customizers = customizers.orderedStream().toList();
        this.environment = environment;
    }

    ConnectionObserverFactory observers() {
        return observers;
    }

    /** {@return the settings of sessions without a profile} */
    SessionSettings general() {
        return profiles.general();
    }

    /** {@return what opens the connections of clients without a name} */
    ClientConnector connector() {
        return connector(
                ClientConnectorCustomizer.UNNAMED,
                new ClientSettings(CONNECT_TIMEOUT, HANDSHAKE_TIMEOUT, 0, null, ClientTls::jdk));
    }

    /** {@return what opens the connections of a client that has a name} */
    ClientConnector connector(WebSocketClientsMapper.Plan plan) {
        return connector(plan.name(), plan.reach());
    }

    private ClientConnector connector(String name, ClientSettings reach) {
        ClientConnector connector = ClientConnector.overSockets(handles, reach);
        for (ClientConnectorCustomizer customizer : customizers) {
            connector = customizer.customize(name, connector);
        }
        return connector;
    }

    /** {@return the clients that have a name} */
    <T> Map<String, T> named(Function<WebSocketClientsMapper.Plan, T> make) {
        return new WebSocketClientsMapper(
                        profiles::named, name -> ClientTls.reloaded(bundles.getObject(), name), general())
                .map(properties.client(), make);
    }

    /** {@return an executor with a thread for each task} */
    Executor threads() {
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("ws-protocol-client-");
        threads.setVirtualThreads(Threading.VIRTUAL.isActive(environment));
        threads.setDaemon(true);
        return threads;
    }
}

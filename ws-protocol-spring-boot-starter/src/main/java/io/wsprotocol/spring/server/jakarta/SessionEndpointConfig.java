package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.Decoder;
import jakarta.websocket.Encoder;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An endpoint's configuration as one session sees it: with user properties of its own (Jakarta WebSocket §2.1.3). Thread-safe.
 */
final class SessionEndpointConfig implements ServerEndpointConfig {

    private final ServerEndpointConfig config;
    private final Map<String, String> pathParameters;
    private final Map<String, Object> userProperties;

    SessionEndpointConfig(ServerEndpointConfig config, Map<String, String> pathParameters) {
        this.config = config;
        this.pathParameters = Map.copyOf(pathParameters);
        this.userProperties = new ConcurrentHashMap<>(config.getUserProperties());
    }

    Map<String, String> pathParameters() {
        return pathParameters;
    }

    @Override
    public Class<?> getEndpointClass() {
        return config.getEndpointClass();
    }

    @Override
    public String getPath() {
        return config.getPath();
    }

    @Override
    public List<String> getSubprotocols() {
        return config.getSubprotocols();
    }

    @Override
    public List<Extension> getExtensions() {
        return config.getExtensions();
    }

    @Override
    public Configurator getConfigurator() {
        return config.getConfigurator();
    }

    @Override
    public List<Class<? extends Encoder>> getEncoders() {
        return config.getEncoders();
    }

    @Override
    public List<Class<? extends Decoder>> getDecoders() {
        return config.getDecoders();
    }

    @Override
    public Map<String, Object> getUserProperties() {
        return userProperties;
    }
}

package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.spring.server.EndpointDecisions;
import io.wsprotocol.spring.server.EndpointInstaller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Jakarta WebSocket's container on the engine. What an application deploys here runs on the engine; clients and excluded paths stay
 * with the container that was there before, which gets what is set here, too. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EngineServerContainer implements ServerContainer, EndpointInstaller {

    private static final String DEFLATE = "permessage-deflate";

    private final ServerContainer before;
    private final Predicate<String> occupied;
    private final EndpointUpgrade upgrade;
    private final ServerEndpoints endpoints;
    private final Policy policy;
    private final EndpointDecisions decisions = new EndpointDecisions(EngineServerContainer.class);
    private final ContainerSettings settings;
    private final OpenSessions sessions = new OpenSessions();

    /**
     * Makes one without an endpoint, with the limits and times of the one before where the application set them.
     *
     * @param before the container's own
     * @param occupied whether a path leads to an endpoint of the one before
     * @param upgrade answers handshakes
     * @param endpoints takes what is deployed
     * @param policy which endpoints stay with the one before
     */
    public EngineServerContainer(
            ServerContainer before,
            Predicate<String> occupied,
            EndpointUpgrade upgrade,
            ServerEndpoints endpoints,
            Policy policy) {
        this.before = Objects.requireNonNull(before, "before");
        this.occupied = Objects.requireNonNull(occupied, "occupied");
        this.upgrade = Objects.requireNonNull(upgrade, "upgrade");
        this.endpoints = Objects.requireNonNull(endpoints, "endpoints");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.settings = new ContainerSettings(before);
    }

    @Override
    public List<Decision> decisions() {
        return decisions.list();
    }

    @Override
    public List<String> transportNames() {
        return upgrade.transportNames();
    }

    /**
     * Deploys an annotated class.
     *
     * @param endpointClass has {@link ServerEndpoint}
     * @throws DeploymentException when the class breaks a rule of Jakarta WebSocket, or its path is taken
     */
    @Override
    public void addEndpoint(Class<?> endpointClass) throws DeploymentException {
        ServerEndpoint annotation = endpointClass.getAnnotation(ServerEndpoint.class);
        if (annotation == null) {
            throw new DeploymentException(endpointClass.getName() + " is not annotated with @ServerEndpoint");
        }
        if (policy.excludes(annotation.value())) {
            decisions.excluded(annotation.value());
            before.addEndpoint(endpointClass);
            return;
        }
        PathTemplate.of(annotation.value());
        ServerEndpointConfig.Builder builder = ServerEndpointConfig.Builder.create(endpointClass, annotation.value())
                .decoders(List.of(annotation.decoders()))
                .encoders(List.of(annotation.encoders()))
                .subprotocols(List.of(annotation.subprotocols()));
        if (annotation.configurator() != ServerEndpointConfig.Configurator.class) {
            builder.configurator(BeanUtils.instantiateClass(annotation.configurator()));
        }
        deploy(builder.build());
    }

    /**
     * Deploys an endpoint.
     *
     * @param config says its class, an {@link Endpoint} or an annotated one, and its path
     * @throws DeploymentException when the class breaks a rule of Jakarta WebSocket, or its path is taken
     */
    @Override
    public void addEndpoint(ServerEndpointConfig config) throws DeploymentException {
        if (policy.excludes(config.getPath())) {
            decisions.excluded(config.getPath());
            before.addEndpoint(config);
        } else {
            deploy(config);
        }
    }

    /**
     * Answers a handshake for an endpoint that need not be deployed.
     *
     * @param request the container's {@link HttpServletRequest}, perhaps wrapped
     * @param response the container's {@link HttpServletResponse}, perhaps wrapped
     */
    @Override
    public void upgradeHttpToWebSocket(
            Object request, Object response, ServerEndpointConfig config, Map<String, String> pathParameters)
            throws IOException, DeploymentException {
        HttpServletRequest servletRequest = (HttpServletRequest) request;
        if (policy.excludes(mappingOf(servletRequest))) {
            before.upgradeHttpToWebSocket(request, response, config, pathParameters);
            return;
        }
        DeployedEndpoint endpoint = new DeployedEndpoint(config, methodsOf(config));
        upgrade.upgrade(servletRequest, (HttpServletResponse) response, endpoint, pathParameters, this);
    }

    void upgrade(
            HttpServletRequest request,
            HttpServletResponse response,
            DeployedEndpoint endpoint,
            Map<String, String> pathParameters)
            throws IOException, DeploymentException {
        upgrade.upgrade(request, response, endpoint, pathParameters, this);
    }

    OpenSessions sessions() {
        return sessions;
    }

    ContainerSettings settings() {
        return settings;
    }

    private void deploy(ServerEndpointConfig config) throws DeploymentException {
        String path = config.getPath();
        for (Extension extension : config.getExtensions()) {
            if (!DEFLATE.equals(extension.getName())) {
                throw new DeploymentException("The endpoint " + path + " wants the extension " + extension.getName()
                        + ", which the engine does not have; ws-protocol.spring.exclude-paths leaves it to Tomcat");
            }
        }
        AnnotatedMethods methods = methodsOf(config);
        if (occupied.test(path)) {
            throw new DeploymentException("The container has an endpoint with the path '" + path + "' already");
        }
        endpoints.add(PathTemplate.of(path), new DeployedEndpoint(config, methods));
        decisions.moved(path, transportNames().get(0), upgrade.compresses(path));
    }

    private static @Nullable AnnotatedMethods methodsOf(ServerEndpointConfig config) throws DeploymentException {
        MessageCoders.check(config);
        return Endpoint.class.isAssignableFrom(config.getEndpointClass())
                ? null
                : AnnotatedMethods.of(config.getEndpointClass(), config);
    }

    private static String mappingOf(HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? request.getRequestURI() : pattern.toString();
    }

    @Override
    public long getDefaultAsyncSendTimeout() {
        return settings.asyncSendTimeout;
    }

    @Override
    public void setAsyncSendTimeout(long millis) {
        settings.asyncSendTimeout = millis;
        before.setAsyncSendTimeout(millis);
    }

    @Override
    public long getDefaultMaxSessionIdleTimeout() {
        return settings.maxIdleTimeout;
    }

    @Override
    public void setDefaultMaxSessionIdleTimeout(long millis) {
        settings.maxIdleTimeout = millis;
        before.setDefaultMaxSessionIdleTimeout(millis);
    }

    @Override
    public int getDefaultMaxBinaryMessageBufferSize() {
        return settings.maxBinary;
    }

    @Override
    public void setDefaultMaxBinaryMessageBufferSize(int bytes) {
        settings.maxBinary = bytes;
        before.setDefaultMaxBinaryMessageBufferSize(bytes);
    }

    @Override
    public int getDefaultMaxTextMessageBufferSize() {
        return settings.maxText;
    }

    @Override
    public void setDefaultMaxTextMessageBufferSize(int characters) {
        settings.maxText = characters;
        before.setDefaultMaxTextMessageBufferSize(characters);
    }

    @Override
    public Set<Extension> getInstalledExtensions() {
        return before.getInstalledExtensions();
    }

    @Override
    public Session connectToServer(Object endpoint, URI path) throws DeploymentException, IOException {
        return before.connectToServer(endpoint, path);
    }

    @Override
    public Session connectToServer(Class<?> endpointClass, URI path) throws DeploymentException, IOException {
        return before.connectToServer(endpointClass, path);
    }

    @Override
    public Session connectToServer(Endpoint endpoint, ClientEndpointConfig config, URI path)
            throws DeploymentException, IOException {
        return before.connectToServer(endpoint, config, path);
    }

    @Override
    public Session connectToServer(Class<? extends Endpoint> endpointClass, ClientEndpointConfig config, URI path)
            throws DeploymentException, IOException {
        return before.connectToServer(endpointClass, config, path);
    }
}

package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.spring.server.EndpointInstaller;
import jakarta.servlet.ServletContext;
import jakarta.websocket.server.ServerContainer;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.tomcat.websocket.server.WsMappingResult;
import org.apache.tomcat.websocket.server.WsServerContainer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/**
 * Puts {@link EngineServerContainer} into the place of Tomcat's: after Tomcat's filter has looked for its own there, which would stop
 * the start otherwise, and before Spring's beans take from there what they deploy to. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ContainerSwap
        implements InstantiationAwareBeanPostProcessor, SmartInitializingSingleton, EndpointInstaller {

    /** Where Jakarta WebSocket §6.4 has a web application look for its container. */
    private static final String ATTRIBUTE = ServerContainer.class.getName();

    private final BooleanSupplier due;
    private final Supplier<@Nullable ServletContext> servletContext;
    private final BiFunction<ServerContainer, Predicate<String>, EngineServerContainer> factory;
    private volatile @Nullable EngineServerContainer container;

    /**
     * Makes one that has not swapped anything.
     *
     * @param due whether the container is to be swapped and its context has started
     * @param servletContext the application's, if it has one
     * @param factory makes the engine's container from the one before, and from what tells whether a path is taken there
     */
    public ContainerSwap(
            BooleanSupplier due,
            Supplier<@Nullable ServletContext> servletContext,
            BiFunction<ServerContainer, Predicate<String>, EngineServerContainer> factory) {
        this.due = Objects.requireNonNull(due, "due");
        this.servletContext = Objects.requireNonNull(servletContext, "servletContext");
        this.factory = Objects.requireNonNull(factory, "factory");
    }

    /**
     * {@return the engine's container}
     *
     * @throws IllegalStateException when nothing was swapped
     */
    public EngineServerContainer container() {
        EngineServerContainer ours = container;
        if (ours == null) {
            throw new IllegalStateException("Tomcat's container of Jakarta WebSocket is in its place");
        }
        return ours;
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> type, String beanName) {
        if (ServerEndpointExporter.class.isAssignableFrom(type)
                || ServletServerContainerFactoryBean.class.isAssignableFrom(type)) {
            swap();
        }
        return null;
    }

    /** Whoever deploys without Spring's beans does so later, from events or tasks. */
    @Override
    public void afterSingletonsInstantiated() {
        swap();
    }

    @Override
    public List<Decision> decisions() {
        EngineServerContainer ours = container;
        return ours == null ? List.of() : ours.decisions();
    }

    @Override
    public List<String> transportNames() {
        EngineServerContainer ours = container;
        return ours == null ? List.of() : ours.transportNames();
    }

    private synchronized void swap() {
        if (container != null || !due.getAsBoolean()) {
            return;
        }
        ServletContext context = servletContext.get();
        if (context != null && context.getAttribute(ATTRIBUTE) instanceof WsServerContainer tomcats) {
            EngineServerContainer ours = factory.apply(tomcats, path -> has(tomcats, path));
            context.setAttribute(ATTRIBUTE, ours);
            container = ours;
        }
    }

    private static boolean has(WsServerContainer tomcats, String path) {
        WsMappingResult found = tomcats.findMapping(path);
        return found != null && found.config().getPath().equals(path);
    }
}

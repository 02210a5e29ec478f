package io.wsprotocol.spring;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleObserver;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The factory that the starter provides: one set of options for all, an observer of its own for each handle. Thread-safe.
 *
 * @since 0.1.0
 */
public final class DefaultWebSocketHandleFactory implements WebSocketHandleFactory {

    private final HandleOptions options;
    private final List<HandleObserverFactory> observers;
    private final boolean ownMemory;

    /**
     * Makes a factory.
     *
     * @param options what handles get when the caller gives nothing else
     * @param observers asked for an observer of each handle, in this order
     * @param ownMemory whether each handle gets buffers of its own at creation ({@code ALLOCATED_BUFFER}) instead of borrowing
     *     them while bytes are on their way
     */
    public DefaultWebSocketHandleFactory(
            HandleOptions options, List<HandleObserverFactory> observers, boolean ownMemory) {
        this.options = Objects.requireNonNull(options, "options");
        this.observers = List.copyOf(observers);
        this.ownMemory = ownMemory;
    }

    @Override
    public ClientHandle createClientHandle(HandleOptions handleOptions) {
        return WebSocketHandle.createClient(complete(handleOptions, HandleRole.CLIENT, false));
    }

    @Override
    public ServerHandle createServerHandle(HandleOptions handleOptions) {
        return WebSocketHandle.createServer(complete(handleOptions, HandleRole.SERVER, false));
    }

    @Override
    public ClientHandle createClientHandle(ConnectionOptions connectionOptions) {
        return WebSocketHandle.createClient(
                complete(connectionOptions.handleOptions(options), HandleRole.CLIENT, true));
    }

    @Override
    public ServerHandle createServerHandle(ConnectionOptions connectionOptions) {
        return WebSocketHandle.createServer(
                complete(connectionOptions.handleOptions(options), HandleRole.SERVER, true));
    }

    @Override
    public HandleOptions options() {
        return options;
    }

    private HandleOptions complete(HandleOptions given, HandleRole role, boolean connection) {
        HandleObserver observer = observer(given.observer(), role, connection);
        boolean allocate = ownMemory && given.allocatedBuffer() == null;
        if (observer == given.observer() && !allocate) {
            return given;
        }
        HandleOptions.Builder builder = given.toBuilder().observer(observer);
        if (allocate) {
            builder.allocatedBuffer(memoryFor(given, role));
        }
        return builder.build();
    }

    private @Nullable HandleObserver observer(@Nullable HandleObserver given, HandleRole role, boolean connection) {
        if (observers.isEmpty()) {
            return given;
        }
        List<HandleObserver> all = new ArrayList<>(observers.size() + 1);
        if (given != null) {
            all.add(given);
        }
        for (HandleObserverFactory factory : observers) {
            all.add(factory.observe(role, connection));
        }
        return all.size() == 1 ? all.get(0) : new HandleObserverChain(all);
    }

    /** {@return what Windows asks for: more than both buffers and the overhead} */
    private static ByteBuffer memoryFor(HandleOptions given, HandleRole role) {
        int bytes = Math.addExact(given.receiveBufferSize(), given.sendBufferSize(role == HandleRole.SERVER));
        return ByteBuffer.allocate(Math.addExact(bytes, HandleOptions.ALLOCATED_BUFFER_OVERHEAD + 1));
    }
}

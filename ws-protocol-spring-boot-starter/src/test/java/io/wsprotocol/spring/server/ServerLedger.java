package io.wsprotocol.spring.server;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.wsprotocol.deflate.CoderPool;
import io.wsprotocol.spring.DeadlineScheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.context.ApplicationContext;

/**
 * After every test of this module: whatever connections of the servers still running had borrowed is back. Buffers, timers, coders,
 * places in the registry and under the caps. A test that leaves something is red.
 */
public final class ServerLedger implements AfterEachCallback {

    private static final Set<ApplicationContext> SERVERS = ConcurrentHashMap.newKeySet();

    /** Looks after a server that starts. It has a {@link LedgerBufferSource}. */
    public static void watch(ApplicationContext server) {
        SERVERS.add(server);
    }

    /** Looks away from a server that ends. */
    public static void forget(ApplicationContext server) {
        SERVERS.remove(server);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (ApplicationContext server : SERVERS) {
            if (entries(server).isEmpty()) {
                continue;
            }
            try {
                Awaitility.await()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> entries(server).isEmpty());
            } catch (ConditionTimeoutException e) {
                throw new AssertionError("what connections had borrowed is not back: " + entries(server), e);
            }
        }
    }

    /** What is not back, by kind. */
    private static Map<String, Integer> entries(ApplicationContext server) {
        Map<String, Integer> open = new LinkedHashMap<>();
        LedgerBufferSource buffers = server.getBean(LedgerBufferSource.class);
        open.put("buffers", buffers.lent());
        open.put("buffers given back that were not lent", buffers.strangers());
        open.put("timers", server.getBean(DeadlineScheduler.class).size());
        open.put("connections", server.getBean(ConnectionRegistry.class).size());
        server.getBeanProvider(UnpooledByteBufAllocator.class)
                .ifAvailable(netty -> open.put("bytes of Netty's buffers", (int)
                        (netty.metric().usedDirectMemory() + netty.metric().usedHeapMemory())));
        CoderPool coders = server.getBean(CoderPool.class);
        open.put("coders", coders.deflatersInUse() + coders.inflatersInUse() + coders.frameMemoryInUse());
        open.values().removeIf(count -> count == 0);
        return open;
    }
}

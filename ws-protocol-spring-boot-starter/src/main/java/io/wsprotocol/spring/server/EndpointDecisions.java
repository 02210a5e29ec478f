package io.wsprotocol.spring.server;

import io.wsprotocol.spring.EndpointNotMovedException;
import io.wsprotocol.spring.server.EndpointInstaller.Decision;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What an installer decided about its endpoints; says each decision in one line of the log. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EndpointDecisions {

    private final Log log;
    private final List<Decision> decisions = new CopyOnWriteArrayList<>();

    /**
     * Makes one without a decision.
     *
     * @param installer the class that decides; names the log
     */
    public EndpointDecisions(Class<?> installer) {
        log = LogFactory.getLog(installer);
    }

    /** {@return all decisions so far, in their order} */
    public List<Decision> list() {
        return List.copyOf(decisions);
    }

    /**
     * An endpoint runs on the engine.
     *
     * @param path its path or pattern
     * @param transport by which transport it is reached
     * @param compressed whether its sessions are compressed when their client offers it
     */
    public void moved(String path, String transport, boolean compressed) {
        decisions.add(new Decision(path, true, transport));
        // Containers compress without being told; who misses it should not have to look for the reason.
        String compression = compressed
                ? "compression on"
                : "compression off, the container's own does not apply: ws-protocol.compression.enabled";
        log.info(path + " → ws-protocol engine (" + transport + ", " + compression + ")");
    }

    /**
     * An endpoint stays with the container because the application wants that.
     *
     * @param path its path or pattern
     */
    public void excluded(String path) {
        decisions.add(new Decision(path, false, "ws-protocol.spring.exclude-paths"));
        log.info(path + " → container's own engine (ws-protocol.spring.exclude-paths)");
    }

    /**
     * An endpoint cannot be moved.
     *
     * @param path its path or pattern
     * @param reason why
     * @param required whether that stops the start
     * @throws EndpointNotMovedException when it does
     */
    public void stays(String path, String reason, boolean required) {
        if (required) {
            throw new EndpointNotMovedException(path, reason);
        }
        decisions.add(new Decision(path, false, reason));
        log.warn(path + " → container's own engine: " + reason);
    }
}

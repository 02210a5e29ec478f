package io.wsprotocol.spring.server;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is open now, as operators see it. Immutable, but for what its shell does.
 *
 * @param id the session's
 * @param path the path that was asked for, without its query
 * @param openedAt when
 * @param remoteAddress where the peer is, if known
 * @param subprotocol what was agreed, or null
 * @param shell the connection
 * @since 0.1.0
 */
public record LiveConnection(
        String id,
        String path,
        Instant openedAt,
        @Nullable InetSocketAddress remoteAddress,
        @Nullable String subprotocol,
        ConnectionShell shell) {

    /** Checks what must be there. */
    public LiveConnection {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(openedAt, "openedAt");
        Objects.requireNonNull(shell, "shell");
    }
}

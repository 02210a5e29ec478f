package io.wsprotocol.spring.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Lets connections through that are in state CONNECTING: one at a time to each address and port, whatever the names it is known by;
 * the others wait in the order they came (RFC 6455 §4.1). Where a proxy looks names up, each name counts as an address of its own, and
 * so many connections at once are let through to all of them. Blocks; thread-safe.
 */
final class ConnectGate {

    /** RFC 6455 §4.1 leaves it at "a reasonably low number". */
    static final int MOST_UNRESOLVED = 16;

    private final ConcurrentHashMap<InetSocketAddress, Line> lines = new ConcurrentHashMap<>();
    private final Semaphore unresolved = new Semaphore(MOST_UNRESOLVED, true);

    /** Those who go to one address. The count of them changes inside of the map's own locks only. */
    private static final class Line {
        final Semaphore turn = new Semaphore(1, true);
        int members;
    }

    /**
     * Waits for its turn.
     *
     * @param remote where to; unresolved when only a proxy knows its address
     * @throws IOException when the thread was interrupted, as it still is then
     */
    void enter(InetSocketAddress remote) throws IOException {
        Line line = lines.compute(remote, (key, known) -> {
            Line joined = known == null ? new Line() : known;
            joined.members++;
            return joined;
        });
        try {
            line.turn.acquire();
            try {
                if (remote.isUnresolved()) {
                    unresolved.acquire();
                }
            } catch (InterruptedException e) {
                line.turn.release();
                throw e;
            }
        } catch (InterruptedException e) {
            quit(remote);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another connection to the same host was being opened");
        }
    }

    /** Lets the next one in. Whoever entered calls this once, when its connection is open or has failed. */
    void leave(InetSocketAddress remote) {
        if (remote.isUnresolved()) {
            unresolved.release();
        }
        Line line = lines.get(remote);
        if (line != null) {
            line.turn.release();
        }
        quit(remote);
    }

    /** {@return how many addresses are being connected to} */
    int size() {
        return lines.size();
    }

    private void quit(InetSocketAddress remote) {
        lines.computeIfPresent(remote, (key, line) -> --line.members == 0 ? null : line);
    }
}

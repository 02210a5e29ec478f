package io.wsprotocol.spring.server;

import io.wsprotocol.spring.ConnectionCap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the server within its number of sessions, each remote address within its own, and handshakes of an address within a rate (L-22).
 * Thread-safe.
 *
 * <p>A session counts from its socket to its end, not from its handshake: a client that goes between the two leaves nothing behind.
 * So handshakes that are answered at the same moment may pass a bound by as many. IPv6 addresses count by their first
 * 64 bits, which one peer has to itself.
 *
 * @since 0.1.0
 */
public final class ConnectionCaps {

    private static final long SECOND = 1_000_000_000L;
    private static final int IPV6_GROUPS = 8;
    /** Addresses that are kept without a look at whether they still matter. */
    private static final int ADDRESSES_UNSEEN = 1024;

    private final Settings settings;
    private final LongSupplier clock;
    private final AtomicInteger sessions = new AtomicInteger();
    private final ConcurrentHashMap<String, Address> addresses = new ConcurrentHashMap<>();
    private final AtomicLong nextSweep = new AtomicLong();

    /**
     * The bounds; {@link Integer#MAX_VALUE} for none. Immutable.
     *
     * @param maxSessions most sessions at one time
     * @param maxSessionsPerAddress most sessions of one remote address
     * @param handshakeRate most handshakes per second of one remote address, twice as many at once
     * @since 0.1.0
     */
    public record Settings(int maxSessions, int maxSessionsPerAddress, int handshakeRate) {

        /** Refuses bounds below 1. */
        public Settings {
            if (maxSessions < 1 || maxSessionsPerAddress < 1 || handshakeRate < 1) {
                throw new IllegalArgumentException("bounds must be at least 1");
            }
        }

        boolean byAddress() {
            return maxSessionsPerAddress != Integer.MAX_VALUE || limitsRate();
        }

        boolean limitsRate() {
            return handshakeRate != Integer.MAX_VALUE;
        }
    }

    /**
     * Makes one without a session.
     *
     * @param settings the bounds
     * @param clock nanoseconds that never go back
     */
    public ConnectionCaps(Settings settings, LongSupplier clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** {@return how many sessions there are} */
    public int sessions() {
        return sessions.get();
    }

    /** {@return how many addresses are known} */
    int addresses() {
        return addresses.size();
    }

    /**
     * {@return the bound that a handshake would break; null when it is welcome}
     *
     * @param remoteAddress the peer's address as text; null when it is not known
     */
    @Nullable
    ConnectionCap check(@Nullable String remoteAddress) {
        if (sessions.get() >= settings.maxSessions()) {
            return ConnectionCap.SESSIONS;
        }
        if (remoteAddress == null || !settings.byAddress()) {
            return null;
        }
        long now = clock.getAsLong();
        forgetIdle(now);
        @Nullable ConnectionCap[] broken = new ConnectionCap[1];
        addresses.compute(group(remoteAddress), (key, known) -> {
            Address kept = known == null ? new Address(now) : known;
            broken[0] = kept.check(settings, now);
            return kept;
        });
        return broken[0];
    }

    /** {@return the listener of a session that begins now, which counts until it is told of the end} */
    ShellListener entered(@Nullable String remoteAddress, ShellListener listener) {
        String group = groupOf(remoteAddress);
        sessions.incrementAndGet();
        if (group != null) {
            long now = clock.getAsLong();
            addresses.compute(group, (key, known) -> {
                Address kept = known == null ? new Address(now) : known;
                kept.sessions++;
                return kept;
            });
        }
        return new LifeListener(listener, () -> {}, () -> left(remoteAddress));
    }

    /** A session that was counted is over, or never began. */
    void left(@Nullable String remoteAddress) {
        String group = groupOf(remoteAddress);
        sessions.decrementAndGet();
        if (group != null) {
            long now = clock.getAsLong();
            addresses.computeIfPresent(group, (key, known) -> {
                known.sessions--;
                return known.matters(now) ? known : null;
            });
        }
    }

    /** Whoever comes from many addresses shall not fill the memory with them. */
    private void forgetIdle(long now) {
        long due = nextSweep.get();
        if (addresses.size() < ADDRESSES_UNSEEN || now < due || !nextSweep.compareAndSet(due, now + SECOND)) {
            return;
        }
        for (String group : addresses.keySet()) {
            addresses.computeIfPresent(group, (key, known) -> known.matters(now) ? known : null);
        }
    }

    /** {@return what is counted together; null when sessions are not counted by address} */
    private @Nullable String groupOf(@Nullable String remoteAddress) {
        return remoteAddress == null || !settings.byAddress() ? null : group(remoteAddress);
    }

    /** {@return an IPv4 address itself, and of an IPv6 address the first four groups} */
    static String group(String address) {
        if (address.indexOf(':') < 0 || address.indexOf('.') >= 0) {
            return address;
        }
        int gap = address.indexOf("::");
        List<String> groups = new ArrayList<>(groups(gap < 0 ? address : address.substring(0, gap)));
        if (gap >= 0) {
            List<String> behind = groups(address.substring(gap + 2));
            while (groups.size() + behind.size() < IPV6_GROUPS) {
                groups.add("0");
            }
            groups.addAll(behind);
        }
        return String.join(":", groups.subList(0, Math.min(IPV6_GROUPS / 2, groups.size()))) + "::/64";
    }

    private static List<String> groups(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(":", -1));
    }

    /** One address; changed inside of the map's own locks only. */
    private static final class Address {

        int sessions;
        /** Each handshake moves this on by the time that the rate grants it; ahead of now by two seconds at most. */
        long filledUntil;

        Address(long now) {
            filledUntil = now;
        }

        @Nullable
        ConnectionCap check(Settings settings, long now) {
            if (settings.limitsRate()) {
                long next = Math.max(filledUntil, now) + SECOND / settings.handshakeRate();
                if (next - now > 2 * SECOND) {
                    return ConnectionCap.HANDSHAKE_RATE;
                }
                filledUntil = next;
            }
            return sessions >= settings.maxSessionsPerAddress() ? ConnectionCap.SESSIONS_PER_ADDRESS : null;
        }

        boolean matters(long now) {
            return sessions > 0 || filledUntil > now;
        }
    }
}

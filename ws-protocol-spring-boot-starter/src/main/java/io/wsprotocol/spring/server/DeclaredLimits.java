package io.wsprotocol.spring.server;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.KeepAliveMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an application said about an endpoint the way its container or Spring has it. It counts where the starter's properties are
 * silent, and it bounds: a word for "no limit" changes nothing. Immutable.
 *
 * @param textBytes the longest text message; null when nothing was said, 0 or less for no limit
 * @param binaryBytes the longest binary message; null when nothing was said, 0 or less for no limit
 * @param idleTimeout the longest silence; null when nothing was said, zero or less for no limit
 * @param leastMessageBytes how long a message must be allowed to be at least; 0 when nothing was said
 * @param leastSendTimeout how long a send must be allowed to wait at least; zero when nothing was said
 * @since 0.1.0
 */
public record DeclaredLimits(
        @Nullable Long textBytes,
        @Nullable Long binaryBytes,
        @Nullable Duration idleTimeout,
        long leastMessageBytes,
        Duration leastSendTimeout) {

    /** Nothing was said. */
    public static final DeclaredLimits NONE = new DeclaredLimits(null, null, null, 0, Duration.ZERO);

    /**
     * {@return what was said of messages and silence}
     *
     * @param textBytes see above
     * @param binaryBytes see above
     * @param idleTimeout see above
     */
    public static DeclaredLimits most(
            @Nullable Long textBytes, @Nullable Long binaryBytes, @Nullable Duration idleTimeout) {
        return new DeclaredLimits(textBytes, binaryBytes, idleTimeout, 0, Duration.ZERO);
    }

    /**
     * {@return what is said here, and there where this is silent}
     *
     * @param other what was said in another place
     */
    public DeclaredLimits orElse(DeclaredLimits other) {
        return new DeclaredLimits(
                textBytes == null ? other.textBytes : textBytes,
                binaryBytes == null ? other.binaryBytes : binaryBytes,
                idleTimeout == null ? other.idleTimeout : idleTimeout,
                Math.max(leastMessageBytes, other.leastMessageBytes),
                leastSendTimeout.compareTo(other.leastSendTimeout) < 0 ? other.leastSendTimeout : leastSendTimeout);
    }

    /** What becomes of settings, and what there is to say about it. */
    record Result(SessionSettings settings, List<String> notes) {}

    /**
     * {@return an endpoint's settings with what was said}
     *
     * @param settings by the starter's properties
     * @param explicit those of the settings that the properties name
     */
    Result applyTo(SessionSettings settings, Set<ExplicitSetting> explicit) {
        List<String> notes = new ArrayList<>();
        SessionSettings result = messages(settings, explicit, notes);
        result = silence(result, explicit, notes);
        return new Result(sending(result, explicit, notes), List.copyOf(notes));
    }

    private SessionSettings messages(SessionSettings settings, Set<ExplicitSetting> explicit, List<String> notes) {
        long ours = settings.options().maxMessageBytes();
        if (textBytes == null && binaryBytes == null && leastMessageBytes <= ours) {
            return settings;
        }
        if (explicit.contains(ExplicitSetting.MESSAGE_SIZE)) {
            notes.add(wins(ExplicitSetting.MESSAGE_SIZE, ours + " bytes", "the message size"));
            return settings;
        }
        long otherwise = Math.max(ours, leastMessageBytes);
        long text = bounded(textBytes, otherwise, notes, "text messages");
        long binary = bounded(binaryBytes, otherwise, notes, "binary messages");
        // A handler may still raise the limit of its own session, as it may on a container, but not beyond all bounds.
        long most = Math.max(otherwise, Math.max(text, binary));
        ConnectionOptions options =
                settings.options().toBuilder().maxMessageBytes(most).build();
        notes.add(
                "text messages up to " + text + " bytes and binary ones up to " + binary + ", as the application says");
        return new SessionSettings(options, settings.overflow(), settings.sendTimeout(), text, binary);
    }

    private static long bounded(@Nullable Long declared, long otherwise, List<String> notes, String what) {
        if (declared == null) {
            return otherwise;
        }
        if (declared <= 0) {
            notes.add(what + " without a limit are not taken over: " + otherwise + " bytes; a higher limit is for "
                    + ExplicitSetting.MESSAGE_SIZE.property());
            return otherwise;
        }
        return declared;
    }

    private SessionSettings silence(SessionSettings settings, Set<ExplicitSetting> explicit, List<String> notes) {
        if (idleTimeout == null) {
            return settings;
        }
        String ours = settings.options().idleTimeout().toString();
        if (explicit.contains(ExplicitSetting.IDLE_TIMEOUT)) {
            notes.add(wins(ExplicitSetting.IDLE_TIMEOUT, ours, "the idle timeout"));
            return settings;
        }
        if (idleTimeout.isZero() || idleTimeout.isNegative()) {
            notes.add("silence without a limit is not taken over: " + ours + "; no limit is for "
                    + ExplicitSetting.IDLE_TIMEOUT.property());
            return settings;
        }
        ConnectionOptions.Builder options = settings.options().toBuilder().idleTimeout(idleTimeout);
        boolean pings = explicit.contains(ExplicitSetting.KEEP_ALIVE);
        if (!pings) {
            // Containers send no pings; with ours, no living peer would ever be silent.
            options.keepAlive(KeepAliveMode.OFF);
        }
        notes.add("idle timeout " + idleTimeout + (pings ? "" : " and no pings") + ", as the application says");
        return settings.with(options.build());
    }

    private SessionSettings sending(SessionSettings settings, Set<ExplicitSetting> explicit, List<String> notes) {
        Duration ours = settings.sendTimeout();
        if (leastSendTimeout.compareTo(ours) <= 0) {
            return settings;
        }
        if (explicit.contains(ExplicitSetting.SEND_TIMEOUT)) {
            notes.add(wins(ExplicitSetting.SEND_TIMEOUT, ours.toString(), "the send time limit"));
            return settings;
        }
        notes.add("send timeout " + leastSendTimeout + ", as the application says");
        ConnectionOptions options =
                settings.options().toBuilder().writeTimeout(leastSendTimeout).build();
        return new SessionSettings(
                options, settings.overflow(), leastSendTimeout, settings.textBytes(), settings.binaryBytes());
    }

    private static String wins(ExplicitSetting setting, String ours, String theirs) {
        return setting.property() + " is set (" + ours + ") and counts, not " + theirs
                + " that the application says otherwise";
    }
}

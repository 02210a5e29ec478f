package io.wsprotocol.driver;

import io.wsprotocol.HttpHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link UpgradePolicy} decided. Immutable.
 *
 * @param status 101 to upgrade; else the status of the refusal, 300 to 599
 * @param subprotocol the selected one of those offered; null for none
 * @param extensions the selected ones of those offered, one with its parameters in each entry
 * @param headers what else the answer carries, such as {@code WWW-Authenticate} or {@code Set-Cookie}
 * @param compression whether permessage-deflate may be agreed on, where {@link ConnectionOptions#compression()} wants it and no other
 *     extension is selected
 * @since 0.1.0
 */
public record UpgradeDecision(
        int status,
        @Nullable String subprotocol,
        List<String> extensions,
        List<HttpHeader> headers,
        boolean compression) {

    /** The status of an upgrade. */
    public static final int SWITCHING_PROTOCOLS = 101;

    private static final int LEAST_REFUSAL = 300;
    private static final int MOST_REFUSAL = 599;

    /** Checks the status and copies the lists. */
    public UpgradeDecision {
        if (status != SWITCHING_PROTOCOLS && (status < LEAST_REFUSAL || status > MOST_REFUSAL)) {
            throw new IllegalArgumentException(
                    "an upgrade is answered with 101 or refused with 300 to 599, not " + status);
        }
        extensions = List.copyOf(extensions);
        headers = List.copyOf(headers);
    }

    /**
     * Makes a decision that allows compression.
     *
     * @param status see the record
     * @param subprotocol see the record
     * @param extensions see the record
     * @param headers see the record
     */
    public UpgradeDecision(
            int status, @Nullable String subprotocol, List<String> extensions, List<HttpHeader> headers) {
        this(status, subprotocol, extensions, headers, true);
    }

    /** {@return the decision to upgrade, without subprotocol and extensions} */
    public static UpgradeDecision accept() {
        return accept(null);
    }

    /**
     * {@return the decision to upgrade}
     *
     * @param subprotocol the selected one of those offered; null for none
     */
    public static UpgradeDecision accept(@Nullable String subprotocol) {
        return new UpgradeDecision(SWITCHING_PROTOCOLS, subprotocol, List.of(), List.of());
    }

    /**
     * {@return the decision not to upgrade}
     *
     * @param status 300 to 599, such as 401, 403, 404 or 503
     * @param headers what the answer carries
     */
    public static UpgradeDecision refuse(int status, HttpHeader... headers) {
        if (status == SWITCHING_PROTOCOLS) {
            throw new IllegalArgumentException("101 is no refusal");
        }
        return new UpgradeDecision(status, null, List.of(), List.of(headers));
    }

    /**
     * {@return the same decision, without compression} For a path whose messages mix secrets with what a peer chooses: their length after
     * compression would tell about the secrets.
     */
    public UpgradeDecision uncompressed() {
        return new UpgradeDecision(status, subprotocol, extensions, headers, false);
    }

    /** {@return whether this is an upgrade} */
    public boolean accepted() {
        return status == SWITCHING_PROTOCOLS;
    }
}

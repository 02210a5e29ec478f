package io.wsprotocol.deflate;

import io.wsprotocol.Violation;
import io.wsprotocol.http.Extension;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of permessage-deflate as they stand in one offer or answer, before anything is decided (RFC 7692 §7.1). Immutable.
 *
 * @param serverNoContextTakeover whether {@code server_no_context_takeover} stands there
 * @param clientNoContextTakeover whether {@code client_no_context_takeover} stands there
 * @param serverMaxWindowBits 8 to 15, or {@link #ABSENT}
 * @param clientMaxWindowBits 8 to 15, {@link #ABSENT}, or in an offer {@link #BARE}
 */
record DeflateTerms(
        boolean serverNoContextTakeover,
        boolean clientNoContextTakeover,
        int serverMaxWindowBits,
        int clientMaxWindowBits) {

    /** The name of the extension (RFC 7692 §7). */
    static final String NAME = "permessage-deflate";

    /** A window that is not mentioned. */
    static final int ABSENT = 0;

    /** A window that is mentioned without a value: the client can be limited, and wishes nothing (RFC 7692 §7.1.2.2). */
    static final int BARE = 1;

    private static final String SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
    private static final String CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
    private static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
    private static final String CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";

    /**
     * {@return the terms of an offer}
     *
     * @throws BadTermsException when they are none (RFC 7692 §7.1: such an offer is declined)
     */
    static DeflateTerms offer(Extension extension) throws BadTermsException {
        return read(extension, true);
    }

    /**
     * {@return the terms of an answer}
     *
     * @throws BadTermsException when they are none (RFC 7692 §7.1: such an answer fails the connection)
     */
    static DeflateTerms answer(Extension extension) throws BadTermsException {
        return read(extension, false);
    }

    private static DeflateTerms read(Extension extension, boolean offer) throws BadTermsException {
        boolean serverFresh = false;
        boolean clientFresh = false;
        int serverBits = ABSENT;
        int clientBits = ABSENT;
        for (Extension.Parameter parameter : extension.parameters()) {
            String value = parameter.value();
            switch (parameter.name()) {
                case SERVER_NO_CONTEXT_TAKEOVER -> {
                    once(!serverFresh, SERVER_NO_CONTEXT_TAKEOVER);
                    serverFresh = noValue(value, SERVER_NO_CONTEXT_TAKEOVER);
                }
                case CLIENT_NO_CONTEXT_TAKEOVER -> {
                    once(!clientFresh, CLIENT_NO_CONTEXT_TAKEOVER);
                    clientFresh = noValue(value, CLIENT_NO_CONTEXT_TAKEOVER);
                }
                case SERVER_MAX_WINDOW_BITS -> {
                    once(serverBits == ABSENT, SERVER_MAX_WINDOW_BITS);
                    serverBits = windowBits(value, SERVER_MAX_WINDOW_BITS);
                }
                case CLIENT_MAX_WINDOW_BITS -> {
                    once(clientBits == ABSENT, CLIENT_MAX_WINDOW_BITS);
                    clientBits = offer && value == null ? BARE : windowBits(value, CLIENT_MAX_WINDOW_BITS);
                }
                default ->
                    throw new BadTermsException(
                            Violation.DEFLATE_PARAMETER_UNKNOWN, "a parameter that RFC 7692 does not define");
            }
        }
        return new DeflateTerms(serverFresh, clientFresh, serverBits, clientBits);
    }

    private static void once(boolean first, String name) throws BadTermsException {
        if (!first) {
            throw new BadTermsException(Violation.DEFLATE_PARAMETER_TWICE, name + " stands twice; expected once");
        }
    }

    /** RFC 7692 §7.1.1.1, §7.1.1.2: without a value. */
    private static boolean noValue(@Nullable String value, String name) throws BadTermsException {
        if (value != null) {
            throw new BadTermsException(Violation.DEFLATE_VALUE_INVALID, name + " has a value; expected none");
        }
        return true;
    }

    /** RFC 7692 §7.1.2.1, §7.1.2.2: a decimal integer from 8 to 15 without leading zeroes, and nothing else. */
    private static int windowBits(@Nullable String value, String name) throws BadTermsException {
        if (value != null) {
            for (int bits = DeflateParameters.LEAST_BITS; bits <= DeflateParameters.MOST_BITS; bits++) {
                if (value.equals(String.valueOf(bits))) {
                    return bits;
                }
            }
        }
        String observed = value == null ? " has no value" : " has another value";
        throw new BadTermsException(Violation.DEFLATE_VALUE_INVALID, name + observed + "; expected 8 to 15");
    }

    /** {@return the element of {@code Sec-WebSocket-Extensions} that says this} */
    String header() {
        StringBuilder header = new StringBuilder(NAME);
        if (serverNoContextTakeover) {
            header.append("; ").append(SERVER_NO_CONTEXT_TAKEOVER);
        }
        if (clientNoContextTakeover) {
            header.append("; ").append(CLIENT_NO_CONTEXT_TAKEOVER);
        }
        if (serverMaxWindowBits != ABSENT) {
            header.append("; ").append(SERVER_MAX_WINDOW_BITS).append('=').append(serverMaxWindowBits);
        }
        if (clientMaxWindowBits != ABSENT) {
            header.append("; ").append(CLIENT_MAX_WINDOW_BITS);
            if (clientMaxWindowBits != BARE) {
                header.append('=').append(clientMaxWindowBits);
            }
        }
        return header.toString();
    }

    /** Terms that are none: which rule they break. It carries no stack trace, which would say nothing about the peer. Immutable. */
    static final class BadTermsException extends Exception {

        private static final long serialVersionUID = 1L;

        private final Violation violation;

        private BadTermsException(Violation violation, String observed) {
            super(observed, null, false, false);
            this.violation = violation;
        }

        Violation violation() {
            return violation;
        }
    }
}

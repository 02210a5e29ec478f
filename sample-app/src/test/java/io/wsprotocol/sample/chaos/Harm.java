package io.wsprotocol.sample.chaos;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.CloseEvent.Initiator;
import io.wsprotocol.driver.ConnectionException;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.sample.chaos.Fault.Kind;
import java.util.Random;

/** What the network does to one life of the churn, and how that life must end then. Immutable. */
enum Harm {
    NONE(30),
    LATENCY(8),
    SLICES(8),
    BANDWIDTH(8),
    RESET(8),
    HALF_CLOSE_TO_SERVER(5),
    HALF_CLOSE_TO_CLIENT(5),
    RESERVED_BIT_TO_SERVER(5),
    UNMASKED_TO_SERVER(5),
    BAD_UTF8_TO_SERVER(5),
    RESERVED_BIT_TO_CLIENT(4),
    MASKED_TO_CLIENT(4),
    BAD_UTF8_TO_CLIENT(4),
    STALL_TO_SERVER(1),
    STALL_TO_CLIENT(1);

    private static final int RESERVED_BIT = 0x40;
    private static final int MASK_BIT = 0x80;
    /** In a byte of ASCII it makes a sequence of UTF-8 that is none. */
    private static final int HIGH_BIT = 0x80;

    private static final int PROTOCOL_ERROR = 1002;
    private static final int ABNORMAL = 1006;
    private static final int INVALID_DATA = 1007;

    private final int weight;

    Harm(int weight) {
        this.weight = weight;
    }

    /** {@return one of them, at random but not equally often} */
    static Harm draw(Random random) {
        int total = 0;
        for (Harm harm : values()) {
            total += harm.weight;
        }
        int drawn = random.nextInt(total);
        for (Harm harm : values()) {
            drawn -= harm.weight;
            if (drawn < 0) {
                return harm;
            }
        }
        throw new AssertionError("the weights add up");
    }

    /** {@return one of those that do no harm} */
    static Harm drawHarmless(Random random) {
        return values()[random.nextInt(BANDWIDTH.ordinal() + 1)];
    }

    /**
     * {@return the fault that does it}
     *
     * @param random decides the rest
     * @param request bytes of the upgrade's request
     * @param answer bytes of its answer
     * @param text bytes of the first message, which is ASCII, from 126 to 65,535
     */
    Fault fault(Random random, int request, int answer, int text) {
        int within = random.nextInt(text);
        return switch (this) {
            case NONE -> Fault.NONE;
            case LATENCY -> Fault.latency(random.nextInt(100), random.nextInt(100));
            case SLICES -> Fault.slices(50 + random.nextInt(450));
            case BANDWIDTH -> Fault.bandwidth(20_000 + random.nextInt(100_000));
            case RESET -> Fault.toServer(Kind.RESET, request + within);
            case HALF_CLOSE_TO_SERVER -> Fault.toServer(Kind.HALF_CLOSE, request + within);
            case HALF_CLOSE_TO_CLIENT -> Fault.toClient(Kind.HALF_CLOSE, answer + within);
            case RESERVED_BIT_TO_SERVER -> Fault.corruptToServer(request, RESERVED_BIT);
            case UNMASKED_TO_SERVER -> Fault.corruptToServer(request + 1, MASK_BIT);
            case BAD_UTF8_TO_SERVER -> Fault.corruptToServer(request + 8 + within, HIGH_BIT);
            case RESERVED_BIT_TO_CLIENT -> Fault.corruptToClient(answer, RESERVED_BIT);
            case MASKED_TO_CLIENT -> Fault.corruptToClient(answer + 1, MASK_BIT);
            case BAD_UTF8_TO_CLIENT -> Fault.corruptToClient(answer + 4 + within, HIGH_BIT);
            case STALL_TO_SERVER -> Fault.toServer(Kind.STALL, request + within);
            case STALL_TO_CLIENT -> Fault.toClient(Kind.STALL, answer + within);
        };
    }

    /** {@return whether all messages must come through and the connection must close as asked} */
    boolean isHarmless() {
        return ordinal() <= BANDWIDTH.ordinal();
    }

    /** {@return whether nothing comes through any more although both ends are there} */
    boolean isStall() {
        return this == STALL_TO_SERVER || this == STALL_TO_CLIENT;
    }

    /** {@return whether a life may end like this} */
    boolean allows(CloseEvent event) {
        return switch (this) {
            case NONE, LATENCY, SLICES, BANDWIDTH -> event.clean() && event.code() == 1000;
            case RESET, HALF_CLOSE_TO_SERVER, HALF_CLOSE_TO_CLIENT ->
                event.code() == ABNORMAL && event.initiator() == Initiator.TRANSPORT;
            case RESERVED_BIT_TO_SERVER, UNMASKED_TO_SERVER -> told(event, PROTOCOL_ERROR, Initiator.REMOTE);
            case BAD_UTF8_TO_SERVER -> told(event, INVALID_DATA, Initiator.REMOTE);
            case RESERVED_BIT_TO_CLIENT, MASKED_TO_CLIENT -> told(event, PROTOCOL_ERROR, Initiator.LOCAL);
            case BAD_UTF8_TO_CLIENT -> told(event, INVALID_DATA, Initiator.LOCAL);
            case STALL_TO_SERVER, STALL_TO_CLIENT ->
                event.code() == ABNORMAL
                        && event.cause() instanceof ConnectionException failure
                        && failure.reason() == FailureReason.CLOSE_TIMEOUT;
        };
    }

    private static boolean told(CloseEvent event, int code, Initiator initiator) {
        return event.code() == code && event.initiator() == initiator;
    }
}

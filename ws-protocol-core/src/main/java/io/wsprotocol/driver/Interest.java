package io.wsprotocol.driver;

/**
 * What a loop waits for, as bits of an {@code int}.
 *
 * @since 0.1.0
 */
public final class Interest {

    /** Nothing of the network: a deadline, a send or a resumed reader brings the loop on. */
    public static final int NONE = 0;

    /** Bytes to read. */
    public static final int READ = 1;

    /** Room to write. */
    public static final int WRITE = 2;

    /** Nothing, ever: the loop is over and the transport is closed. */
    public static final int CLOSED = 4;

    private Interest() {}
}

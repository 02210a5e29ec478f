package io.wsprotocol;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the engine asks of its driver now. One object per slot (send, receive, control) is reused for the life of the handle: an
 * action is valid from {@link WebSocketHandle#getAction} until {@link WebSocketHandle#completeAction}; do not keep it longer. Between
 * the two its buffers belong to the driver and the engine does not touch them, not even on abort. Not thread-safe: confine to
 * one thread or guard with one lock.
 *
 * <p>Windows counterpart: the out parameters of {@code WebSocketGetAction}; the object itself is the action context.
 *
 * @since 0.1.0
 */
@SuppressWarnings({"EnumOrdinal", "ReferenceEquality"
}) // ordinals stay in here; buffers and contexts are meant by identity
public final class Action {

    /*
     * Kinds are kept as numbers and references are written only when they change: on G1 a reference store costs a barrier, and into an
     * old object a memory fence. Twenty of them per message were a third of the time of a small one (JDK 17, 16 B: 87 ns, with the
     * serial collector 66).
     */

    static final int MAX_BUFFERS = 2;

    private static final ActionType[] TYPES = ActionType.values();
    private static final BufferType[] BUFFER_TYPES = BufferType.values();
    private static final byte NO_BUFFER_TYPE = -1;

    private static final @Nullable ByteBuffer[] NO_BUFFERS = {};

    private final @Nullable WaitReason waitsFor;
    /** As long as the slot needs; made when asked for, unless there can be two. */
    private @Nullable ByteBuffer[] buffers;

    private @Nullable ByteBuffer first;
    private byte type = (byte) ActionType.NO_ACTION.ordinal();
    private byte bufferType = NO_BUFFER_TYPE;
    private byte bufferCount;
    private long totalBytes;
    private @Nullable CloseInfo closeInfo;
    private @Nullable Object context;
    private boolean fullyTransferred;
    private boolean internal;
    private int rawHeader;
    private boolean outstanding;
    /** Whether the last buffer is not the engine's own, so that it must be let go. */
    private boolean lent;

    private Action(@Nullable WaitReason waitsFor, int maxBuffers) {
        this.waitsFor = waitsFor;
        this.buffers = maxBuffers < MAX_BUFFERS ? NO_BUFFERS : new ByteBuffer[maxBuffers];
    }

    /** {@return a fresh action for one slot} */
    static Action ofSlot(int maxBuffers) {
        return new Action(null, maxBuffers);
    }

    /** {@return an immutable "nothing to do" that any number of handles may share} */
    static Action none(WaitReason reason) {
        return new Action(reason, 0);
    }

    /** {@return what to do} */
    public ActionType type() {
        return TYPES[type];
    }

    /**
     * {@return what would make the queue go on}
     *
     * @throws IllegalStateException when this is not {@link ActionType#NO_ACTION}
     */
    public WaitReason waitsFor() {
        if (waitsFor == null) {
            throw new IllegalStateException("only NO_ACTION waits for something, this is " + type());
        }
        return waitsFor;
    }

    /**
     * {@return the kind of the operation, or of what arrived} For {@link ActionType#SEND_TO_NETWORK} that of the first frame at
     * hand. Null for {@link ActionType#NO_ACTION}, {@link ActionType#RECEIVE_FROM_NETWORK} and for a receive that was cancelled or
     * aborted.
     */
    public @Nullable BufferType bufferType() {
        return bufferType == NO_BUFFER_TYPE ? null : BUFFER_TYPES[bufferType];
    }

    /**
     * {@return the buffers, of which the first {@link #bufferCount()} count} The array is reused: pass it to a gathering write,
     * do not keep or change it.
     */
    @SuppressWarnings("NullAway") // entries below bufferCount are never null
    public ByteBuffer[] buffers() {
        if (buffers.length < bufferCount) {
            buffers = new ByteBuffer[bufferCount];
        }
        if (buffers.length > 0 && buffers[0] != first) {
            buffers[0] = first;
        }
        return buffers;
    }

    /** {@return how many buffers this action has: 1 or 2 to write, 1 to read into, 1 or none when indicating} */
    public int bufferCount() {
        return bufferCount;
    }

    /**
     * {@return the only or first buffer}
     *
     * @throws IllegalStateException when the action has none
     */
    public ByteBuffer buffer() {
        if (bufferCount == 0) {
            throw new IllegalStateException(type() + " has no buffer");
        }
        return Objects.requireNonNull(first);
    }

    /** {@return the sum of bytes in all buffers when the action was handed out} */
    public long totalBytes() {
        return totalBytes;
    }

    /** {@return status and reason of a received Close; null unless {@link #bufferType()} is {@link BufferType#CLOSE} on receive} */
    public @Nullable CloseInfo closeInfo() {
        return closeInfo;
    }

    /**
     * {@return the context that was given with the operation; null when none was, and for {@link ActionType#NO_ACTION} and
     * automatic pongs} Of several sends in one transfer it is the first one's.
     */
    public @Nullable Object context() {
        return context;
    }

    /** {@return whether all bytes of an indicated send went to the network; false when it was cancelled or aborted} */
    public boolean fullyTransferred() {
        return fullyTransferred;
    }

    /** {@return whether this is the engine's own frame, the pong that answers a ping (RFC 6455 §5.5.3)} */
    public boolean internal() {
        return internal;
    }

    /**
     * {@return the first byte of the header of the received message's first frame: reserved bits and opcode, with the FIN bit
     * 0x80 set exactly when this chunk ends the message; 0 for a pong and a Close}
     */
    public int rawHeader() {
        return rawHeader;
    }

    /** {@return whether a text, binary or raw message ends with this chunk} */
    public boolean endsMessage() {
        return (rawHeader & 0x80) != 0;
    }

    boolean outstanding() {
        return outstanding;
    }

    boolean is(ActionType expected) {
        return type == expected.ordinal();
    }

    /** {@return whether bytes go to or come from the network, so that their number matters} */
    boolean transfers() {
        return is(ActionType.SEND_TO_NETWORK) || is(ActionType.RECEIVE_FROM_NETWORK);
    }

    Action issue(ActionType newType, @Nullable BufferType newBufferType, @Nullable Object newContext) {
        type = (byte) newType.ordinal();
        bufferType = newBufferType == null ? NO_BUFFER_TYPE : (byte) newBufferType.ordinal();
        if (context != newContext) {
            context = newContext;
        }
        totalBytes = 0;
        fullyTransferred = false;
        rawHeader = 0;
        outstanding = true;
        return this;
    }

    /** Adds memory of the engine, which the action may go on referring to until {@link #forget}. */
    void add(ByteBuffer buffer) {
        if (first != buffer) {
            first = buffer;
        }
        bufferCount = 1;
        totalBytes = buffer.remaining();
    }

    /** Adds memory of the application as the last buffer. */
    void addLent(ByteBuffer buffer) {
        if (bufferCount == 0) {
            add(buffer);
        } else {
            buffers[1] = buffer;
            bufferCount = MAX_BUFFERS;
            totalBytes += buffer.remaining();
        }
        lent = true;
    }

    void markInternal() {
        internal = true;
    }

    Action markTransferred(boolean fully) {
        fullyTransferred = fully;
        return this;
    }

    void message(int header) {
        rawHeader = header;
    }

    void close(CloseInfo info) {
        closeInfo = info;
    }

    /** Ends the action and lets go of what the application gave. */
    void settle() {
        outstanding = false;
        if (lent) {
            lent = false;
            letGo();
        }
        bufferCount = 0;
        if (context != null) {
            context = null;
        }
        if (closeInfo != null) {
            closeInfo = null;
        }
    }

    private void letGo() {
        if (bufferCount == MAX_BUFFERS) {
            buffers[1] = null;
        } else {
            forget();
        }
    }

    /** Lets go of the engine's own memory, which goes back to where it was borrowed. */
    void forget() {
        if (first != null) {
            first = null;
        }
        if (buffers.length > 0 && buffers[0] != null) {
            buffers[0] = null;
        }
    }

    /** {@return type, kind and sizes; never content} */
    @Override
    public String toString() {
        if (waitsFor != null) {
            return type() + "[waitsFor=" + waitsFor + "]";
        }
        return type() + "[" + bufferType() + ", buffers=" + bufferCount + ", bytes=" + totalBytes
                + (outstanding ? "" : ", completed") + "]";
    }
}

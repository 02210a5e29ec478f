package io.wsprotocol.spring.reactive.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One channel of Netty's: a socket, with or without TLS. Asks it to read only while the connection wants bytes, so an idle connection holds no buffer, and one that is not
 * read costs nothing. Used under the lock of its shell, except what Netty calls; reads on the event loop only, which is where the
 * shell's pump runs.
 */
class ReactorNettyTransport implements SocketTransport {

    /** The name of its handler in the pipeline. */
    static final String HANDLER_NAME = "ws-protocol";

    /** The most bytes of one write: a slow peer is told from a dead one by the end of a write. Two TLS records. */
    private static final int MOST_WRITTEN = 32 << 10;

    final Channel channel;
    private final ByteBufAllocator allocator;
    private final Handler handler = new Handler();
    private final ChannelFutureListener writeEnd = this::writeEnded;
    private final @Nullable ChannelHandlerContext tls;
    private @Nullable ConnectionShell shell;

    // The event loop's own: what was read and is not wanted yet, one read at most.
    private final Deque<ByteBuf> received = new ArrayDeque<>(2);
    private boolean inputEnded;
    private boolean awaited;

    // Changes hands with each write: by the shell's lock to the event loop, and back.
    private volatile int pendingBytes;
    private volatile boolean closed;

    ReactorNettyTransport(Channel channel, ByteBufAllocator allocator) {
        this.channel = channel;
        this.allocator = allocator;
        this.tls = channel.pipeline().context(SslHandler.class);
        if (tls == null && channel instanceof DuplexChannel) {
            // A peer that has said all may still hear the rest. TLS says so by itself.
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    /** {@return what Netty calls} */
    ChannelHandler handler() {
        return handler;
    }

    /** Starts the connection, with what was read behind the request. On the event loop. */
    void begin(ConnectionShell owner) {
        shell = owner;
        owner.readable();
    }

    @Override
    public String name() {
        return ReactorNettyUpgrade.NAME;
    }

    @Override
    public int read(ByteBuffer target) {
        ByteBuf first = received.peek();
        if (first == null) {
            return inputEnded ? END : 0;
        }
        int bytes = Math.min(first.readableBytes(), target.remaining());
        first.readBytes(target.slice().limit(bytes));
        if (!first.isReadable()) {
            received.remove();
            first.release();
        }
        return bytes;
    }

    @Override
    public void awaitReadable() {
        awaited = true;
        channel.read();
    }

    @Override
    public long write(ByteBuffer[] buffers, int count) throws IOException {
        ByteBuf bytes = copyOf(buffers, count);
        int length = bytes.readableBytes();
        ChannelFuture written = send(outgoing(bytes));
        if (written.isDone()) {
            if (written.isSuccess()) {
                return length;
            }
            throw new IOException("Netty did not write", written.cause());
        }
        pendingBytes = length;
        written.addListener(writeEnd);
        return PENDING;
    }

    /** Writes something of Netty's. */
    final ChannelFuture send(Object message) {
        return handler.context().writeAndFlush(message);
    }

    /** {@return whether Netty is at a write} */
    final boolean isWriting() {
        return pendingBytes > 0;
    }

    /** {@return what the channel takes for bytes} */
    Object outgoing(ByteBuf bytes) {
        return bytes;
    }

    /** {@return the bytes of a message that was read, which live as long as it does; null if it has none} */
    @Nullable
    ByteBuf incoming(Object message) {
        return message instanceof ByteBuf bytes ? bytes : null;
    }

    /** {@return whether nothing follows a message} */
    boolean isLast(Object message) {
        return false;
    }

    /** {@return why an event is the end of the connection; null if it is not} */
    @Nullable
    IOException failureOf(Object event) {
        return null;
    }

    private ByteBuf copyOf(ByteBuffer[] buffers, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += buffers[i].remaining();
        }
        int length = (int) Math.min(bytes, MOST_WRITTEN);
        ByteBuf copy = allocator.directBuffer(length);
        for (int i = 0; copy.readableBytes() < length; i++) {
            ByteBuffer source = buffers[i];
            int limit = source.limit();
            int wanted = Math.min(source.remaining(), length - copy.readableBytes());
            source.limit(source.position() + wanted);
            copy.writeBytes(source);
            source.limit(limit);
        }
        return copy;
    }

    /** On the event loop. */
    private void writeEnded(ChannelFuture written) {
        ConnectionShell owner = shell;
        if (owner == null) {
            return;
        }
        int bytes = pendingBytes;
        pendingBytes = 0;
        if (written.isSuccess()) {
            owner.writeCompleted(bytes);
        } else {
            owner.transportFailed(written.cause());
        }
    }

    @Override
    public boolean shutdownOutput() {
        if (tls != null) {
            // TLS says goodbye with a close_notify of its own, in close().
            return true;
        }
        if (channel instanceof DuplexChannel duplex) {
            ChannelFuture unused = duplex.shutdownOutput();
            return true;
        }
        return false;
    }

    @Override
    public final void close() {
        closed = true;
        closeChannel();
    }

    void closeChannel() {
        // Behind bytes that the peer does not take, a close_notify would wait for ever.
        ChannelFuture unused = tls != null && isWriting() ? tls.close() : channel.close();
    }

    @Override
    public void execute(Runnable task) {
        channel.eventLoop().execute(task);
    }

    /** The channel has bytes, or its end. */
    private void readable() {
        ConnectionShell owner = shell;
        if (awaited && owner != null) {
            awaited = false;
            owner.readable();
        }
    }

    /** Something was read that nobody wants any more. */
    void discarded() {
        // The channel is closed, or about to be.
    }

    private void ended() {
        inputEnded = true;
        readable();
    }

    private void failed(Throwable cause) {
        ConnectionShell owner = shell;
        if (owner != null) {
            owner.transportFailed(cause);
        }
    }

    private void releaseReceived() {
        for (ByteBuf bytes = received.poll(); bytes != null; bytes = received.poll()) {
            bytes.release();
        }
    }

    /** Hears Netty, on the event loop. */
    private final class Handler extends ChannelInboundHandlerAdapter {

        private @Nullable ChannelHandlerContext context;

        ChannelHandlerContext context() {
            ChannelHandlerContext added = context;
            if (added == null) {
                throw new IllegalStateException("not in a pipeline");
            }
            return added;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext removed) {
            releaseReceived();
        }

        @Override
        public void channelRead(ChannelHandlerContext from, Object message) {
            inputEnded |= isLast(message);
            ByteBuf bytes = incoming(message);
            // Behind the request, its end still comes along: nothing of ours.
            if (bytes != null && bytes.isReadable() && !closed) {
                received.add(bytes);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext from) {
            if (closed) {
                discarded();
            } else if (!received.isEmpty() || inputEnded) {
                readable();
            } else if (awaited) {
                from.read();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext from, Object event) {
            if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
                ended();
                return;
            }
            IOException failure = failureOf(event);
            if (failure != null) {
                failed(failure);
            }
            from.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext from) {
            boolean waits = awaited;
            ended();
            if (!waits) {
                // Not read now, and nothing will be written any more: nobody else would notice.
                failed(new EOFException("the peer is gone"));
            }
            from.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
            failed(cause);
        }
    }
}

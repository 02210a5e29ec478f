package io.wsprotocol.spring.reactive.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.wsprotocol.spring.server.StreamWindows;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an HTTP/2 connection of Netty's (RFC 8441). Used as its base says. What is read opens the stream's window when more is
 * asked for, so a connection that is not read stops its peer.
 */
final class ReactorNettyStreamTransport extends ReactorNettyTransport {

    /*
     * The end. END_STREAM is the FIN of a stream; Netty closes the channel when both sides have said it, and resets the stream when the channel
     * is closed sooner. So whoever closes it here ends its own side and reads on for a moment, for nobody, until the peer does the same;
     * after that moment it is reset. A stream whose write is stuck is reset at once: the peer does not read, and would not see an end.
     */

    private static final long LINGER_MILLIS = TimeUnit.SECONDS.toMillis(2);

    private static final AttributeKey<StreamWindows> WINDOWS = AttributeKey.valueOf(StreamWindows.class.getName());

    private @Nullable ChannelFuture outputEnd;

    ReactorNettyStreamTransport(Http2StreamChannel channel) {
        // The server's options are those of its sockets.
        super(channel, channel.parent().alloc());
    }

    /** Gives the connection what window the stream needs to stop no other. On the event loop, before the answer is written. */
    static void widenConnection(Http2StreamChannel channel) throws Http2Exception {
        Channel parent = channel.parent();
        Http2FrameCodec codec = parent.pipeline().get(Http2FrameCodec.class);
        if (codec == null) {
            return;
        }
        Attribute<StreamWindows> attribute = parent.attr(WINDOWS);
        attribute.setIfAbsent(new StreamWindows());
        StreamWindows windows = attribute.get();
        Http2Connection connection = codec.connection();
        Http2LocalFlowController flow = connection.local().flowController();
        int bytes = windows.opened(flow.initialWindowSize());
        channel.closeFuture().addListener(closed -> windows.closed());
        if (bytes > 0) {
            flow.incrementWindowSize(connection.connectionStream(), bytes);
        }
    }

    @Override
    public String name() {
        return ReactorNettyUpgrade.STREAM_NAME;
    }

    @Override
    Object outgoing(ByteBuf bytes) {
        return new DefaultHttp2DataFrame(bytes, false);
    }

    @Override
    @Nullable
    ByteBuf incoming(Object message) {
        return message instanceof Http2DataFrame data ? data.content() : null;
    }

    @Override
    boolean isLast(Object message) {
        return (message instanceof Http2DataFrame data && data.isEndStream())
                || (message instanceof Http2HeadersFrame trailers && trailers.isEndStream());
    }

    /** RFC 8441 §5: a reset is what a broken connection is over TCP. */
    @Override
    @Nullable
    IOException failureOf(Object event) {
        return event instanceof Http2ResetFrame ? new IOException("the peer reset the stream") : null;
    }

    @Override
    public boolean shutdownOutput() {
        endOutput();
        return true;
    }

    private void endOutput() {
        if (outputEnd == null) {
            outputEnd = send(new DefaultHttp2DataFrame(true)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    @Override
    void closeChannel() {
        if (isWriting()) {
            reset();
            return;
        }
        endOutput();
        try {
            Future<?> last = channel.eventLoop().schedule(this::reset, LINGER_MILLIS, TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(closed -> last.cancel(false));
            discarded();
        } catch (RejectedExecutionException e) {
            // The server stops, and its connections with it.
            reset();
        }
    }

    @Override
    void discarded() {
        channel.read();
    }

    /** RST_STREAM with CANCEL, unless both sides have ended the stream. */
    private void reset() {
        ChannelFuture unused = channel.close();
    }
}

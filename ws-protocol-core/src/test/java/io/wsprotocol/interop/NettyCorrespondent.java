package io.wsprotocol.interop;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketClientExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateClientExtensionHandshaker;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The client that Netty's handlers make. */
final class NettyCorrespondent implements Correspondent {

    private static final int HEAD_BYTES = 8 << 10;
    private static final int MOST_BYTES = 2 << 20;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final BlockingQueue<Letter> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> agreed = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> upgraded = new CompletableFuture<>();
    private final Channel channel;

    NettyCorrespondent(URI uri, PerMessageDeflateClientExtensionHandshaker compression) throws Exception {
        try {
            channel = new Bootstrap()
                    .group(group)
                    .channel(NioSocketChannel.class)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel made) {
                            made.pipeline()
                                    .addLast(
                                            new HttpClientCodec(),
                                            new AnswerReader(),
                                            new HttpObjectAggregator(HEAD_BYTES),
                                            new WebSocketClientExtensionHandler(compression),
                                            new WebSocketClientProtocolHandler(
                                                    uri,
                                                    WebSocketVersion.V13,
                                                    null,
                                                    true,
                                                    new DefaultHttpHeaders(),
                                                    MOST_BYTES,
                                                    false),
                                            new WebSocketFrameAggregator(MOST_BYTES),
                                            new Reader());
                        }
                    })
                    .connect(uri.getHost(), uri.getPort())
                    .sync()
                    .channel();
            upgraded.get(SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    @Override
    public String agreed() throws Exception {
        return agreed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Letter echo(Letter letter) throws Exception {
        channel.writeAndFlush(
                        letter.text()
                                ? new TextWebSocketFrame(letter.string())
                                : new BinaryWebSocketFrame(Unpooled.wrappedBuffer(letter.payload())))
                .sync();
        Letter back = received.poll(SECONDS, TimeUnit.SECONDS);
        if (back == null) {
            throw new AssertionError("nothing came back for " + letter + ", closed: " + closed.getNow(null));
        }
        return back;
    }

    @Override
    public int closeNormally() throws Exception {
        channel.writeAndFlush(new CloseWebSocketFrame(1000, "")).sync();
        return closed.get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, SECONDS, TimeUnit.SECONDS);
    }

    /** Looks at the answer before others take it. */
    private final class AnswerReader extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpResponse response) {
                String header = response.headers().get("Sec-WebSocket-Extensions");
                agreed.complete(header == null ? "" : header);
            }
            context.fireChannelRead(message);
        }
    }

    /** Takes whole messages. */
    private final class Reader extends SimpleChannelInboundHandler<WebSocketFrame> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame text) {
                received.add(Letter.text(text.text()));
            } else if (frame instanceof CloseWebSocketFrame close) {
                closed.complete(close.statusCode());
            } else {
                received.add(Letter.binary(frame.content().nioBuffer()));
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                upgraded.complete(null);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            upgraded.completeExceptionally(cause);
            closed.completeExceptionally(cause);
            context.close();
        }
    }
}

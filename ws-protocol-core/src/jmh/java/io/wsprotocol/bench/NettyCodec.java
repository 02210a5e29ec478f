package io.wsprotocol.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * Netty's decoder and UTF-8 validator as handlers of a pipeline, its encoder called directly. Text is delivered as verified bytes.
 * In its favour: the read buffer is not allocated for each read, no outbound pipeline, buffers from its default allocator. Against it:
 * its whole frame comes in one read, so a 1 MiB message is not collected from many.
 */
final class NettyCodec extends Codec {

    private static final int READ_BYTES = 2 << 20;

    private final EmbeddedChannel channel;
    private final OpenEncoder encoder;
    private final ChannelHandlerContext context;
    private final ByteBuf input = ByteBufAllocator.DEFAULT.ioBuffer(READ_BYTES);
    private final List<Object> output = new ArrayList<>();
    private ByteBuf payloadView = Unpooled.EMPTY_BUFFER;
    private long delivered;

    NettyCodec(boolean server) {
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(server)
                .maxFramePayloadLength(READ_BYTES)
                .allowExtensions(false)
                .build();
        channel = new EmbeddedChannel(new WebSocket13FrameDecoder(config), new Utf8FrameValidator(), new Sink());
        context = channel.pipeline().firstContext();
        encoder = new OpenEncoder(!server);
    }

    @Override
    long receive(byte[] wire, int length) {
        delivered = 0;
        input.clear();
        input.writeBytes(wire, 0, length);
        channel.pipeline().fireChannelRead(input.retain());
        return delivered;
    }

    @Override
    long send(byte[] payload) throws Exception {
        if (payloadView.capacity() != payload.length) {
            payloadView = Unpooled.directBuffer(payload.length);
        }
        payloadView.clear().writeBytes(payload);
        encoder.encode(context, new BinaryWebSocketFrame(payloadView), output);
        long sent = 0;
        for (int i = 0; i < output.size(); i++) {
            ByteBuf part = (ByteBuf) output.get(i);
            sent += part.readableBytes();
            part.release();
        }
        output.clear();
        return sent;
    }

    /** Counts and releases what comes out of the pipeline. */
    private final class Sink extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ignored, Object message) {
            WebSocketFrame frame = (WebSocketFrame) message;
            delivered += frame.content().readableBytes();
            frame.release();
        }
    }

    /** Makes the encoder's work callable without a pipeline. */
    private static final class OpenEncoder extends WebSocket13FrameEncoder {

        OpenEncoder(boolean mask) {
            super(mask);
        }

        @Override
        protected void encode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) throws Exception {
            super.encode(context, frame, out);
        }
    }
}

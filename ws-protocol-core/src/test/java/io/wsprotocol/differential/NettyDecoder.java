package io.wsprotocol.differential;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** Netty's decoder and behind it its UTF-8 validator, as its server and client handlers set them up. */
final class NettyDecoder implements Decoder {

    @Override
    public Reading read(boolean server, byte[] stream) {
        Reading reading = new Reading();
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(server)
                .maxFramePayloadLength(MOST_PAYLOAD)
                .allowExtensions(false)
                .build();
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameDecoder(config), new Utf8FrameValidator());
        boolean text = false;
        try {
            int piece = Decoder.piece(stream.length);
            for (int i = 0; i < stream.length && !reading.isOver(); i += piece) {
                channel.writeInbound(Unpooled.copiedBuffer(stream, i, Math.min(piece, stream.length - i)));
                for (WebSocketFrame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
                    text = frame instanceof TextWebSocketFrame || (text && !(frame instanceof BinaryWebSocketFrame));
                    take(frame, text, reading);
                    frame.release();
                }
            }
        } catch (DecoderException e) {
            reading.refused(e.getClass().getSimpleName());
        } catch (RuntimeException e) {
            reading.broken(e.getClass().getSimpleName());
        }
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException e) {
            // the same fault once more, on the way out
            reading.refused(e.getClass().getSimpleName());
        }
        return reading;
    }

    private static void take(WebSocketFrame frame, boolean text, Reading reading) {
        if (frame instanceof CloseWebSocketFrame close) {
            reading.close(close.statusCode() == -1 ? 1005 : close.statusCode(), close.reasonText());
        } else if (frame instanceof PongWebSocketFrame) {
            reading.pong(ByteBufUtil.getBytes(frame.content()));
        } else if (!(frame instanceof PingWebSocketFrame)) {
            reading.part(text, ByteBufUtil.getBytes(frame.content()), frame.isFinalFragment());
        }
    }
}

package io.wsprotocol.bench;

import io.undertow.websockets.core.protocol.version07.Masker;
import io.undertow.websockets.core.protocol.version07.UTF8Checker;
import io.wsprotocol.wire.FrameHeader;
import io.wsprotocol.wire.Opcode;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Only Undertow's masker and UTF-8 checker: its parser is one with its sockets, so headers are read and written by ours here. In its
 * favour: no channels, no pooled buffers, no message assembly, free headers, predictable keys. Text is delivered as verified bytes.
 */
final class UndertowCodec extends Codec {

    private final boolean server;
    private final Masker masker;
    private final UTF8Checker utf8 = new UTF8Checker();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private boolean inText;

    UndertowCodec(boolean server) {
        this.server = server;
        try {
            Constructor<Masker> constructor = Masker.class.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            masker = constructor.newInstance(0);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    long receive(byte[] wire, int length) throws IOException {
        reserve(length);
        buffer.clear().put(wire, 0, length).flip();
        int rule = server ? FrameHeader.MASK_REQUIRED : FrameHeader.MASK_FORBIDDEN;
        int at = 0;
        long delivered = 0;
        while (at < length) {
            byte[] bytes = buffer.array();
            int byte0 = bytes[at];
            int header = FrameHeader.decode(bytes, at, length - at, rule, 0);
            int size = (int) FrameHeader.payloadLength(bytes, at);
            int key = FrameHeader.maskingKey(bytes, at, header);
            at += header;
            if (server) {
                masker.setMaskingKey(key);
                masker.afterRead(buffer, at, size);
            }
            int opcode = byte0 & FrameHeader.B0_OPCODE;
            if (opcode != Opcode.CONTINUATION) {
                inText = opcode == Opcode.TEXT;
            }
            if (inText) {
                utf8.afterRead(buffer, at, size);
                if ((byte0 & FrameHeader.B0_FIN) != 0) {
                    utf8.complete();
                }
            }
            at += size;
            delivered += size;
        }
        return delivered;
    }

    @Override
    long send(byte[] payload) {
        reserve(payload.length + FrameHeader.MAX_BYTES);
        int key = ThreadLocalRandom.current().nextInt();
        int size =
                FrameHeader.encode(buffer.array(), 0, FrameHeader.B0_FIN | Opcode.BINARY, payload.length, !server, key);
        if (!server) {
            buffer.clear().position(size);
            buffer.put(payload);
            masker.setMaskingKey(key);
            masker.beforeWrite(buffer, size, payload.length);
        }
        return size + (long) payload.length;
    }

    private void reserve(int bytes) {
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(bytes);
        }
    }
}

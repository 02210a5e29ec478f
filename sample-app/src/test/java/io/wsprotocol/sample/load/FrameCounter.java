package io.wsprotocol.sample.load;

import java.nio.ByteBuffer;

/** Counts the messages in a stream of a server's frames by looking at nothing but their heads. Not thread-safe. */
final class FrameCounter {

    private static final int FIN = 0x80;
    private static final int CONTROL = 0x08;
    private static final int CLOSE = 0x88;

    private long skip;
    private int headBytes;
    private int headLength;
    private boolean ends;
    private long length;

    /** {@return how many messages end in these bytes, which are consumed} */
    int count(ByteBuffer bytes) {
        int messages = 0;
        while (bytes.hasRemaining()) {
            if (skip > 0) {
                int skipped = (int) Math.min(skip, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                skip -= skipped;
            } else {
                head(bytes.get() & 0xFF);
            }
            if (headBytes == headLength && headBytes > 0 && skip == 0) {
                messages += ends ? 1 : 0;
                headBytes = 0;
            }
        }
        return messages;
    }

    private void head(int octet) {
        if (headBytes == 0) {
            if (octet == CLOSE) {
                throw new IllegalStateException("the server closes");
            }
            ends = (octet & FIN) != 0 && (octet & CONTROL) == 0;
            headLength = 2;
        } else if (headBytes == 1) {
            headLength = octet == 126 ? 4 : octet == 127 ? 10 : 2;
            length = headLength == 2 ? octet : 0;
        } else {
            length = length << 8 | octet;
        }
        headBytes++;
        if (headBytes > 1 && headBytes == headLength) {
            skip = length;
        }
    }
}

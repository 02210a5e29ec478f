package io.wsprotocol.deflate;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where the compressed payload of one batch of frames lies until it is written: filled from the front, each frame shown by a view that
 * is used again for the next batch. Not thread-safe: confine to one thread or guard with one lock.
 */
final class FrameMemory {

    /** One TLS record, and the most that a pong or Close waits for. */
    static final int BYTES = 16 << 10;

    private static final int FIRST_VIEWS = 4;

    final byte[] array = new byte[BYTES];
    private ByteBuffer[] views = new ByteBuffer[FIRST_VIEWS];
    private int viewCount;
    /** Bytes that are taken. */
    private int used;

    void clear() {
        used = 0;
        viewCount = 0;
    }

    int used() {
        return used;
    }

    int room() {
        return BYTES - used;
    }

    /** {@return a view of what lies between the last frame and that index, which is a frame now} */
    ByteBuffer frame(int end) {
        if (viewCount == views.length) {
            views = Arrays.copyOf(views, 2 * viewCount);
        }
        ByteBuffer view = views[viewCount];
        if (view == null) {
            view = ByteBuffer.wrap(array);
            views[viewCount] = view;
        }
        viewCount++;
        int begin = used;
        used = end;
        return view.limit(end).position(begin);
    }
}

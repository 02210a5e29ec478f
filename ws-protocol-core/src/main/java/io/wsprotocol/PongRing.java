package io.wsprotocol;

import io.wsprotocol.wire.FrameHeader;

/**
 * Payloads of pings that wait for their pong, oldest first; doubles up to its limit and then drops the oldest, since an endpoint
 * may answer only the newest ping (RFC 6455 §5.5.3). Not thread-safe: confine to one thread or guard with one lock.
 */
final class PongRing {

    private static final int SLOT = 1 + FrameHeader.MAX_CONTROL_PAYLOAD;

    private final int limit;
    private byte[] slots = new byte[SLOT];
    private int capacity = 1;
    private int head;
    private int size;

    PongRing(int limit) {
        this.limit = limit;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Takes a copy of a payload, and tells whether the oldest was dropped for it. */
    boolean offer(byte[] array, int offset, int length) {
        boolean dropped = false;
        if (size == capacity) {
            if (capacity < limit) {
                grow();
            } else {
                remove();
                dropped = true;
            }
        }
        int slot = (head + size) % capacity * SLOT;
        slots[slot] = (byte) length;
        System.arraycopy(array, offset, slots, slot + 1, length);
        size++;
        return dropped;
    }

    /** {@return the length of the oldest payload} */
    int length() {
        return slots[head * SLOT];
    }

    /** Copies the oldest payload out. */
    void copyTo(byte[] target, int offset) {
        System.arraycopy(slots, head * SLOT + 1, target, offset, length());
    }

    /** Removes the oldest payload. */
    void remove() {
        head = (head + 1) % capacity;
        size--;
    }

    private void grow() {
        int grownCapacity = Math.min(limit, capacity * 2);
        byte[] grown = new byte[grownCapacity * SLOT];
        int wrapped = head * SLOT; // it is full: the oldest to the end, and then the rest from the beginning
        System.arraycopy(slots, wrapped, grown, 0, slots.length - wrapped);
        System.arraycopy(slots, 0, grown, slots.length - wrapped, wrapped);
        slots = grown;
        capacity = grownCapacity;
        head = 0;
    }
}

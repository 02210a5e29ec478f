package io.wsprotocol.driver;

import org.jspecify.annotations.Nullable;

/** A first-in first-out list of entries, linked through them. Not thread-safe: confine to one thread or guard with one lock. */
final class EntryList {

    private @Nullable OutgoingEntry first;
    private @Nullable OutgoingEntry last;

    void add(OutgoingEntry entry) {
        entry.next = null;
        OutgoingEntry tail = last;
        if (tail == null) {
            first = entry;
        } else {
            tail.next = entry;
        }
        last = entry;
    }

    @Nullable
    OutgoingEntry poll() {
        OutgoingEntry head = first;
        if (head != null) {
            first = head.next;
            if (first == null) {
                last = null;
            }
            head.next = null;
        }
        return head;
    }

    /** {@return the oldest entry that is a whole message, taken out of the list; null when there is none} */
    @Nullable
    OutgoingEntry pollWhole() {
        OutgoingEntry before = null;
        OutgoingEntry entry = first;
        while (entry != null && !entry.whole) {
            before = entry;
            entry = entry.next;
        }
        if (entry == null || before == null) {
            return entry == null ? null : poll();
        }
        before.next = entry.next;
        if (last == entry) {
            last = before;
        }
        entry.next = null;
        return entry;
    }
}

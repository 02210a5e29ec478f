package io.wsprotocol.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Entries that wait to be used again. Thread-safe.
 *
 * <p>A linked stack of which a taker always detaches everything, keeps one entry and puts the rest back: no thread ever swings the
 * head from one entry to that entry's successor, which is what makes a plain stack of reused nodes unsafe. A taker that comes
 * while another holds the stack makes a new entry, so that nobody waits. After a burst {@value #MOST_KEPT} entries stay,
 * or a few more when threads met; the rest is garbage, so that a connection that is idle again is small again.
 */
final class EntryPool {

    /** What a busy connection has under way again and again. */
    static final int MOST_KEPT = Outbound.BATCH_SENDS;

    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(EntryPool.class, "head", OutgoingEntry.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through HEAD
    private volatile @Nullable OutgoingEntry head;

    OutgoingEntry take() {
        OutgoingEntry entry = (OutgoingEntry) HEAD.getAndSet(this, (OutgoingEntry) null);
        if (entry == null) {
            return new OutgoingEntry();
        }
        OutgoingEntry rest = entry.next;
        entry.next = null;
        if (rest != null) {
            putBack(rest);
        }
        return entry;
    }

    void give(OutgoingEntry entry) {
        entry.clear();
        OutgoingEntry seen = head;
        if (seen == null || seen.depth < MOST_KEPT) {
            push(entry);
        }
    }

    /** A chain that comes back to a stack that others have begun anew goes on top, if there is room. */
    private void putBack(OutgoingEntry chain) {
        if (HEAD.compareAndSet(this, (OutgoingEntry) null, chain)) {
            return;
        }
        for (OutgoingEntry entry = chain; entry != null; ) {
            OutgoingEntry next = entry.next;
            OutgoingEntry seen = head;
            if (seen != null && seen.depth >= MOST_KEPT) {
                return;
            }
            push(entry);
            entry = next;
        }
    }

    private void push(OutgoingEntry entry) {
        OutgoingEntry seen;
        do {
            seen = head;
            entry.next = seen;
            entry.depth = seen == null ? 1 : seen.depth + 1;
        } while (!HEAD.compareAndSet(this, seen, entry));
    }
}

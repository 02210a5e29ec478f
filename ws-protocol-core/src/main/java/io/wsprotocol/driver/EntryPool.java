package io.wsprotocol.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Entries that wait to be used again. Thread-safe.
 *
 * <p>A linked stack of which a taker always detaches everything, keeps one entry and puts the rest back: no thread ever swings the
 * head from one entry to that entry's successor, which is what makes a plain stack of reused nodes unsafe. A taker that comes
 * while another holds the stack makes a new entry, so that nobody waits.
 */
final class EntryPool {

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
        push(entry, entry);
    }

    private void putBack(OutgoingEntry chain) {
        if (HEAD.compareAndSet(this, (OutgoingEntry) null, chain)) {
            return;
        }
        OutgoingEntry tail = chain;
        while (tail.next != null) {
            tail = tail.next;
        }
        push(chain, tail);
    }

    private void push(OutgoingEntry chain, OutgoingEntry tail) {
        OutgoingEntry seen;
        do {
            seen = head;
            tail.next = seen;
        } while (!HEAD.compareAndSet(this, seen, chain));
    }
}

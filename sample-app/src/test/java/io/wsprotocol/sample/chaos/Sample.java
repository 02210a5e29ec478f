package io.wsprotocol.sample.chaos;

import io.wsprotocol.sample.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a server holds at one moment. Immutable.
 *
 * @param second of the run
 * @param heap bytes of live objects, after a full collection
 * @param resident bytes of its resident set
 * @param descriptors open file descriptors
 * @param threads Java threads
 */
record Sample(long second, long heap, long resident, long descriptors, long threads) {

    static Sample of(ServerProcess server, long second) {
        try {
            return new Sample(second, server.liveHeap(), server.resident(), server.descriptors(), server.threads());
        } catch (IOException e) {
            throw new UncheckedIOException("the server cannot be watched", e);
        }
    }

    boolean isBackTo(Sample base) {
        return descriptors <= base.descriptors && threads <= base.threads;
    }

    @Override
    public String toString() {
        return "%,d s: heap %,d kB, resident %,d kB, descriptors %d, threads %d"
                .formatted(second, heap >> 10, resident >> 10, descriptors, threads);
    }
}

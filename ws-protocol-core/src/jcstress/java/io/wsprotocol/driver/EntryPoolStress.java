package io.wsprotocol.driver;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Nobody ever gets an entry that another one has, whoever takes and gives back at the same time. */
public final class EntryPoolStress {

    private EntryPoolStress() {}

    /** A pool in which two entries wait. */
    static class Pool {

        final EntryPool pool = new EntryPool();

        @Nullable
        OutgoingEntry first;

        @Nullable
        OutgoingEntry second;

        Pool() {
            pool.give(new OutgoingEntry());
            pool.give(new OutgoingEntry());
        }

        /** {@return whether these two, and the next ones of the pool, are all different} */
        boolean allDiffer() {
            OutgoingEntry third = pool.take();
            OutgoingEntry fourth = pool.take();
            return first != second
                    && first != third
                    && first != fourth
                    && second != third
                    && second != fourth
                    && third != fourth;
        }
    }

    /** Two threads take. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "Each has its own")
    @State
    public static class TakeAndTake extends Pool {

        @Actor
        public void one() {
            first = pool.take();
        }

        @Actor
        public void other() {
            second = pool.take();
        }

        @Arbiter
        public void judge(Z_Result result) {
            result.r1 = allDiffer();
        }
    }

    /** One thread takes, gives back and takes again while another takes: what trips a plain stack of reused nodes. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "Each has its own")
    @State
    public static class TakeAndReuse extends Pool {

        @Actor
        public void one() {
            OutgoingEntry entry = pool.take();
            OutgoingEntry held = pool.take();
            pool.give(entry);
            pool.give(held);
            first = pool.take();
        }

        @Actor
        public void other() {
            second = pool.take();
        }

        @Arbiter
        public void judge(Z_Result result) {
            result.r1 = allDiffer();
        }
    }

    /** One thread gives while another takes. */
    @JCStressTest
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "Each has its own")
    @State
    public static class GiveAndTake extends Pool {

        private final OutgoingEntry mine = pool.take();

        @Actor
        public void one() {
            pool.give(mine);
            first = pool.take();
        }

        @Actor
        public void other() {
            second = pool.take();
        }

        @Arbiter
        public void judge(Z_Result result) {
            result.r1 = allDiffer();
        }
    }
}

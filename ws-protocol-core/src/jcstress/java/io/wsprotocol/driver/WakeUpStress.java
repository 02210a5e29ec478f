package io.wsprotocol.driver;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.wsprotocol.CloseInfo;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * No wake-up is lost: an owner that clears its flag before it looks has either seen what another thread asked for, or finds the flag
 * set. What is forbidden is neither.
 */
public final class WakeUpStress {

    private WakeUpStress() {}

    /** A send. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "seen, and called again for nothing")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "seen")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "not seen, so called again")
    @State
    public static class Send extends QueueOwner {

        private boolean seen;

        @Actor
        public void asker() {
            send("a");
        }

        @Actor
        public void owner() {
            signalled = false;
            seen = drain() == 1;
        }

        @Arbiter
        public void judge(ZZ_Result result) {
            result.r1 = seen;
            result.r2 = signalled;
        }
    }

    /** A close. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "seen, and called again for nothing")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "seen")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "not seen, so called again")
    @State
    public static class Close extends QueueOwner {

        private boolean seen;

        @Actor
        public void asker() {
            queue.close(CloseInfo.EMPTY);
        }

        @Actor
        public void owner() {
            signalled = false;
            seen = queue.isCloseRequested();
        }

        @Arbiter
        public void judge(ZZ_Result result) {
            result.r1 = seen;
            result.r2 = signalled;
        }
    }

    /** An abort. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "seen, and called again for nothing")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "seen")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "not seen, so called again")
    @State
    public static class Abort extends QueueOwner {

        private boolean seen;

        @Actor
        public void asker() {
            queue.abort();
        }

        @Actor
        public void owner() {
            signalled = false;
            seen = queue.isAborted();
        }

        @Arbiter
        public void judge(ZZ_Result result) {
            result.r1 = seen;
            result.r2 = signalled;
        }
    }

    /** A peer that is given up. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "seen, and called again for nothing")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "seen")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "not seen, so called again")
    @State
    public static class SlowPeer extends QueueOwner {

        private boolean seen;

        @Actor
        public void asker() {
            queue.overflowed(4500);
        }

        @Actor
        public void owner() {
            signalled = false;
            seen = queue.overflowStatus() == 4500;
        }

        @Arbiter
        public void judge(ZZ_Result result) {
            result.r1 = seen;
            result.r2 = signalled;
        }
    }

    /** A send behind one that was signalled before. */
    @JCStressTest
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "seen, and called again for nothing")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "seen")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "not seen, so called again")
    @State
    public static class SecondSend extends QueueOwner {

        private boolean seen;

        public SecondSend() {
            send("a");
        }

        @Actor
        public void asker() {
            send("b");
        }

        @Actor
        public void owner() {
            signalled = false;
            drain();
            seen = order.endsWith("b");
        }

        @Arbiter
        public void judge(ZZ_Result result) {
            result.r1 = seen;
            result.r2 = signalled;
        }
    }
}

package io.wsprotocol.deflate;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A closed pool keeps nothing, whatever comes back while it closes. */
public final class CoderPoolStress {

    private CoderPoolStress() {}

    /** One thread gives memory back while another closes the pool. */
    @JCStressTest
    @Outcome(id = "false", expect = ACCEPTABLE, desc = "Not kept")
    @State
    public static class GiveAndClose {

        private final CoderPool pool = new CoderPool(1);
        private final FrameMemory memory = pool.takeFrameMemory();

        @Actor
        public void borrower() {
            pool.giveFrameMemory(memory);
        }

        @Actor
        public void owner() {
            pool.close();
        }

        @Arbiter
        public void judge(Z_Result result) {
            result.r1 = pool.takeFrameMemory() == memory;
        }
    }
}

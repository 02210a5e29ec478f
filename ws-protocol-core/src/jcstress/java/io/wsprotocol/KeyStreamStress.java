package io.wsprotocol;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.Arrays;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The one thing that all client connections share: the stream that masking keys come from. */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "Two threads never get the same keys")
@State
public class KeyStreamStress {

    private final byte[] first = new byte[32];
    private final byte[] second = new byte[32];

    @Actor
    public void one() {
        KeyStream.fill(first);
    }

    @Actor
    public void other() {
        KeyStream.fill(second);
    }

    @Arbiter
    public void judge(Z_Result result) {
        result.r1 = !Arrays.equals(first, second);
    }
}

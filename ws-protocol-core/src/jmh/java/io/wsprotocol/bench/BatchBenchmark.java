package io.wsprotocol.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** A thousand small messages that come at once: as many as fit in each read. Time is for one message. */
public class BatchBenchmark extends Workload {

    private static final int MESSAGES = 1_000;

    private Codec made = new StrawCodec(true);
    private byte[] wire = {};

    @Setup
    public void prepare() throws Exception {
        made = codec();
        wire = Payloads.repeat(wire(1), MESSAGES);
        check(made, wire, MESSAGES);
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long receive() throws Exception {
        return made.receive(wire, wire.length);
    }
}

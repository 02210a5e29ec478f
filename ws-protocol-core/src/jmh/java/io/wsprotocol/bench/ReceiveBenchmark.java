package io.wsprotocol.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** One message of one frame, alone in its read: from bytes to a message, unmasked and verified. */
public class ReceiveBenchmark extends Workload {

    private Codec made = new StrawCodec(true);
    private byte[] wire = {};

    @Setup
    public void prepare() throws Exception {
        made = codec();
        wire = wire(1);
        check(made, wire, 1);
    }

    @Benchmark
    public long receive() throws Exception {
        return made.receive(wire, wire.length);
    }
}

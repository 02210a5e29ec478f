package io.wsprotocol.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * Both directions of one codec: a message is received and one of the same size is sent as binary. What is sent is prepared, not what
 * came in, so that no codec gains or loses by how it hands messages over.
 */
public class EchoBenchmark extends Workload {

    private Codec made = new StrawCodec(true);
    private byte[] wire = {};
    private byte[] payload = {};

    @Setup
    public void prepare() throws Exception {
        made = codec();
        wire = wire(1);
        payload = payload();
        check(made, wire, 1);
    }

    @Benchmark
    public long echo() throws Exception {
        return made.receive(wire, wire.length) + made.send(payload);
    }
}

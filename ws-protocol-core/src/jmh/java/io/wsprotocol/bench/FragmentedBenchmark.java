package io.wsprotocol.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One message cut into frames of equal size, all in one read. The kind is not {@code mixed} unless cuts fall between code points. */
public class FragmentedBenchmark extends Workload {

    @Param("16")
    int fragments = 16;

    private Codec made = new StrawCodec(true);
    private byte[] wire = {};

    @Setup
    public void prepare() throws Exception {
        made = codec();
        wire = wire(fragments);
        check(made, wire, 1);
    }

    @Benchmark
    public long receive() throws Exception {
        return made.receive(wire, wire.length);
    }
}

package io.wsprotocol.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** One binary message, from the application's bytes to what a transport would write. Use with {@code kind=binary}. */
public class SendBenchmark extends Workload {

    private Codec made = new StrawCodec(true);
    private byte[] payload = {};

    @Setup
    public void prepare() throws Exception {
        made = codec();
        payload = payload();
        long sent = made.send(payload);
        if (sent < payload.length) {
            throw new IllegalStateException(codec + " sent " + sent + " bytes of " + payload.length);
        }
    }

    @Benchmark
    public long send() throws Exception {
        return made.send(payload);
    }
}

package io.wsprotocol.bench;

import io.wsprotocol.wire.Masking;
import io.wsprotocol.wire.Utf8Verifier;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How fast this machine and JVM move, mask and verify bytes when nothing else is done: the limits of all that stands above. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RawLimitBenchmark {

    @Param({"16", "125", "1024", "16384", "1048576"})
    int size = 125;

    private byte[] ascii = {};
    private byte[] mixed = {};
    private byte[] target = {};
    private int key = 0x51_7C_C1_B7;

    @Setup
    public void prepare() {
        ascii = Payloads.of(Payloads.ASCII, size);
        mixed = Payloads.of(Payloads.MIXED, size);
        target = new byte[size];
    }

    @Benchmark
    public byte[] copy() {
        System.arraycopy(ascii, 0, target, 0, size);
        return target;
    }

    @Benchmark
    public int mask() {
        return Masking.apply(target, 0, size, key);
    }

    @Benchmark
    public int copyMasked() {
        return Masking.copy(ascii, 0, target, 0, size, key);
    }

    @Benchmark
    public boolean maskAndTestAscii() {
        return Masking.applyAndTestAscii(target, 0, size, key);
    }

    @Benchmark
    public boolean verifyAscii() {
        return Utf8Verifier.isValid(ascii, 0, size);
    }

    @Benchmark
    public boolean verifyMixed() {
        return Utf8Verifier.isValid(mixed, 0, size);
    }
}

package io.wsprotocol.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One message compressed, and one inflated, by the coders alone: no frames, no masking, no verification of text. Says how many bytes
 * the message has on the wire; with takeover those of its repetition.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DeflateBenchmark {

    @Param({"ours", "jdk", "netty", "tomcat", "jetty", "java-websocket"})
    String codec = "ours";

    @Param({"json-300", "json-4096", "text-65536"})
    String payload = "json-4096";

    @Param({"false", "true"})
    boolean takeover;

    private DeflateCodec coder = DeflateCodec.NONE;
    private byte[] message = {};
    /** What a peer sends: with takeover the second message, which is the first one's repetition. */
    private byte[] first = {};

    private byte[] next = {};

    /** Makes the coder, compresses the message, and checks that it comes back. */
    @Setup(Level.Trial)
    public void prepare() {
        message = DeflateCodec.payload(payload);
        DeflateCodec peer = DeflateCodec.of("jdk", takeover);
        first = peer.deflate(message);
        next = takeover ? peer.deflate(message) : first;
        coder = DeflateCodec.of(codec, takeover);
        if (coder.inflate(first) != message.length || coder.inflate(next) != message.length) {
            throw new IllegalStateException(codec + " does not inflate what was deflated");
        }
        byte[] made = coder.deflate(message);
        DeflateCodec reader = DeflateCodec.of("jdk", takeover);
        boolean readable = reader.inflate(made) == message.length;
        made = takeover ? coder.deflate(message) : made;
        readable &= !takeover || reader.inflate(made) == message.length;
        reader.close();
        peer.close();
        if (!readable) {
            throw new IllegalStateException(codec + " deflates what does not inflate");
        }
        System.out.println("bytes " + codec + " " + payload + " takeover " + takeover + ": " + made.length);
    }

    /** Gives back what is not on the heap. */
    @TearDown(Level.Trial)
    public void close() {
        coder.close();
    }

    /** {@return the compressed bytes} */
    @Benchmark
    public int deflate() {
        return coder.deflate(message).length;
    }

    /** {@return the inflated bytes} */
    @Benchmark
    public int inflate() {
        return coder.inflate(next);
    }
}

package io.wsprotocol.bench;

import io.wsprotocol.wire.Opcode;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What all codec benchmarks share: which codec in which role works on what. Checks once that the codec delivers what it was given. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Workload {

    @Param({"ours", "straw", "netty", "tomcat", "jetty", "undertow", "java-websocket", "tyrus"})
    String codec = "ours";

    @Param({"server", "client"})
    String role = "server";

    @Param({Payloads.ASCII, Payloads.MIXED, Payloads.BINARY})
    String kind = Payloads.ASCII;

    @Param({"16", "125", "1024", "16384", "1048576"})
    int size = 125;

    /** Makes the codec. */
    final Codec codec() {
        return Codec.of(codec, isServer());
    }

    final boolean isServer() {
        return role.equals("server");
    }

    final byte[] payload() {
        return Payloads.of(kind, size);
    }

    /** {@return one message in that many frames, as the peer of this role sends it} */
    final byte[] wire(int fragments) {
        return Payloads.wire(Payloads.opcode(kind), payload(), fragments, isServer());
    }

    /** Receives twice and compares what was delivered with what was sent. */
    final void check(Codec made, byte[] wire, int messages) throws Exception {
        byte[] payload = payload();
        long characters = Payloads.opcode(kind) == Opcode.TEXT
                ? new String(payload, StandardCharsets.UTF_8).length()
                : payload.length;
        for (int i = 0; i < 2; i++) {
            long delivered = made.receive(wire, wire.length);
            if (delivered != (long) payload.length * messages && delivered != characters * messages) {
                throw new IllegalStateException(
                        codec + " delivered " + delivered + " of " + payload.length + " × " + messages);
            }
        }
    }
}

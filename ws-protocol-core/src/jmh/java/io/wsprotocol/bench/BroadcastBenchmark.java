package io.wsprotocol.bench;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.driver.WebSocketConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One text message to 10,000 connections of a server, from the string to the buffers that a transport would be given; figures are for one
 * recipient. Nothing is written to a network. First all connections queue the message, then each hands it out, as when a
 * broadcast meets event loops: so what each recipient holds meanwhile is what the garbage column shows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(BroadcastBenchmark.RECIPIENTS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BroadcastBenchmark {

    static final int RECIPIENTS = 10_000;

    /** How the message goes: {@code text} as a string to each, {@code copy} as a copy of its bytes to each, or {@code prepared}. */
    @Param({"prepared", "copy", "text"})
    String way = "prepared";

    @Param({"125", "1024", "16384"})
    int size = 1024;

    private final WebSocketConnection[] connections = new WebSocketConnection[RECIPIENTS];
    private String text = "";
    private byte[] utf8 = {};

    @Setup
    public void open() {
        ConnectionOptions options = ConnectionOptions.defaults();
        HandleOptions handleOptions = options.handleOptions(
                HandleOptions.builder().bufferSource(new OneForAll()).build());
        for (int i = 0; i < RECIPIENTS; i++) {
            ServerHandle handle = WebSocketHandle.createServer(handleOptions);
            handle.assumeHandshakeDone();
            connections[i] = WebSocketConnection.open(handle, options, (context, outcome) -> {}, () -> {}, 0);
        }
        utf8 = Payloads.of(Payloads.ASCII, size);
        text = new String(utf8, StandardCharsets.UTF_8);
    }

    @Benchmark
    public long broadcast() {
        switch (way) {
            case "prepared" -> {
                PreparedMessage message = PreparedMessage.text(text);
                for (WebSocketConnection connection : connections) {
                    connection.trySend(message, null);
                }
            }
            case "copy" -> {
                for (WebSocketConnection connection : connections) {
                    connection.trySend(MessageType.TEXT, ByteBuffer.wrap(utf8.clone()), true, null);
                }
            }
            default -> {
                for (WebSocketConnection connection : connections) {
                    connection.trySendText(text, null);
                }
            }
        }
        long written = 0;
        for (WebSocketConnection connection : connections) {
            written += write(connection);
        }
        if (written < (long) size * RECIPIENTS) {
            throw new IllegalStateException("only " + written + " bytes went out");
        }
        return written;
    }

    private static long write(WebSocketConnection connection) {
        long written = 0;
        while (connection.wantsWrite()) {
            long bytes = 0;
            for (int i = 0; i < connection.writeBufferCount(); i++) {
                bytes += connection.writeBuffers()[i].remaining();
            }
            connection.written(bytes);
            written += bytes;
        }
        return written;
    }

    /** One thread writes one connection after the other, so one buffer is enough. */
    private static final class OneForAll implements io.wsprotocol.BufferSource {

        private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

        @Override
        public ByteBuffer acquire(int bytes) {
            return buffer;
        }

        @Override
        public void release(ByteBuffer released) {
            // stays here
        }
    }
}

package io.wsprotocol.bench;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.wire.Opcode;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * How the engine's cost grows: with the size of a message, the number of connections, of fragments and of queued operations. Prints each
 * series and draws it as an SVG file into the folder that is given. A point is the least CPU time of some rounds.
 */
public final class GrowthPlots {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 12;
    /** Payload of one round, so that every point costs about the same time. */
    private static final long ROUND_BYTES = 64L << 20;

    private static final int ROUND_OPERATIONS = 200_000;

    private final PrintStream out = System.out;
    private final Path folder;

    private GrowthPlots(Path folder) {
        this.folder = folder;
    }

    /** Draws all plots into the folder {@code args[0]}. */
    public static void main(String[] args) throws Exception {
        GrowthPlots plots = new GrowthPlots(Path.of(args[0]));
        plots.messageSize();
        plots.connections();
        plots.fragments();
        plots.queue();
    }

    private void messageSize() throws Exception {
        List<LinePlot.Point> points = new ArrayList<>();
        for (int size = 1 << 10; size <= 64 << 20; size <<= 2) {
            byte[] wire = Payloads.wire(Opcode.BINARY, Payloads.of(Payloads.BINARY, size), 1, true);
            Codec codec = new EngineCodec(true);
            int messages = (int) (ROUND_BYTES / size);
            points.add(new LinePlot.Point(size, nanos(() -> receive(codec, wire, messages)) / messages / size));
        }
        draw(
                "message-size",
                "Receiving a binary message as a server",
                "bytes of the message",
                "ns for each byte",
                points);
    }

    private void connections() throws Exception {
        List<LinePlot.Point> points = new ArrayList<>();
        byte[] wire = Payloads.wire(Opcode.BINARY, Payloads.of(Payloads.BINARY, 1024), 1, true);
        for (int count = 1; count <= 10_000; count *= 10) {
            ServerHandle[] handles = new ServerHandle[count];
            LentBuffer lender = new LentBuffer();
            for (int i = 0; i < count; i++) {
                handles[i] = WebSocketHandle.createServer(
                        HandleOptions.builder().bufferSource(lender).build());
                handles[i].assumeHandshakeDone();
            }
            int rounds = ROUND_OPERATIONS / count;
            double nanos = nanos(() -> {
                for (int i = 0; i < rounds; i++) {
                    for (ServerHandle handle : handles) {
                        receiveOne(handle, wire);
                    }
                }
                return null;
            });
            points.add(new LinePlot.Point(count, nanos / rounds / count / 1024));
        }
        draw("connections", "1 KiB for each of n connections in turn", "connections", "ns for each byte", points);
    }

    private void fragments() throws Exception {
        List<LinePlot.Point> points = new ArrayList<>();
        for (int count = 1; count <= 4096; count <<= 2) {
            byte[] wire = Payloads.wire(Opcode.BINARY, Payloads.of(Payloads.BINARY, 16 * count), count, true);
            Codec codec = new EngineCodec(true);
            int messages = ROUND_OPERATIONS / count;
            points.add(new LinePlot.Point(count, nanos(() -> receive(codec, wire, messages)) / messages / count));
        }
        draw("fragments", "A message in n fragments of 16 bytes", "fragments", "ns for each fragment", points);
    }

    private void queue() throws Exception {
        List<LinePlot.Point> points = new ArrayList<>();
        for (int depth = 1; depth <= 1 << 14; depth <<= 2) {
            ServerHandle handle = WebSocketHandle.createServer(
                    HandleOptions.builder().maxQueuedSends(depth).build());
            handle.assumeHandshakeDone();
            ByteBuffer payload = ByteBuffer.allocate(16);
            int most = depth;
            int rounds = Math.max(1, ROUND_OPERATIONS / depth);
            double nanos = nanos(() -> {
                for (int i = 0; i < rounds; i++) {
                    sendAll(handle, payload, most);
                }
                return null;
            });
            points.add(new LinePlot.Point(depth, nanos / rounds / depth));
        }
        draw("queue", "Queueing n sends and draining them", "queued sends", "ns for each send", points);
    }

    private static Void receive(Codec codec, byte[] wire, int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            codec.receive(wire, wire.length);
        }
        return null;
    }

    private static void receiveOne(ServerHandle handle, byte[] wire) throws Exception {
        handle.receive(null, null);
        Action action = handle.getAction(ActionQueue.RECEIVE);
        action.buffer().put(wire);
        handle.completeAction(action, wire.length);
        handle.completeAction(handle.getAction(ActionQueue.RECEIVE), 0);
    }

    private static void sendAll(ServerHandle handle, ByteBuffer payload, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            handle.send(BufferType.BINARY_MESSAGE, payload.clear(), null);
        }
        for (Action action = handle.getAction(ActionQueue.SEND);
                action.type() != ActionType.NO_ACTION;
                action = handle.getAction(ActionQueue.SEND)) {
            handle.completeAction(action, action.totalBytes());
        }
    }

    private static double nanos(Callable<?> round) throws Exception {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long before = THREADS.getCurrentThreadCpuTime();
            round.call();
            least = Math.min(least, THREADS.getCurrentThreadCpuTime() - before);
        }
        return least;
    }

    private void draw(String name, String title, String x, String y, List<LinePlot.Point> points) throws IOException {
        for (LinePlot.Point point : points) {
            out.printf(Locale.ROOT, "%s\t%.0f\t%.4f%n", name, point.x(), point.y());
        }
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(name + ".svg"), new LinePlot(title, x, y, points).svg());
    }

    /** One buffer for all handles, of which one works at a time. */
    private static final class LentBuffer implements io.wsprotocol.BufferSource {

        private final ByteBuffer buffer = ByteBuffer.allocate(HandleOptions.DEFAULT_RECEIVE_BUFFER_SIZE);

        @Override
        public ByteBuffer acquire(int bytes) {
            return buffer.clear();
        }

        @Override
        public void release(ByteBuffer released) {}
    }
}

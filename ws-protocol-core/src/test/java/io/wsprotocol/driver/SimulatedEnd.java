package io.wsprotocol.driver;

import static io.wsprotocol.driver.SimulatedWorld.require;

import io.wsprotocol.BufferSource;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.deflate.DeflateParameters;
import io.wsprotocol.driver.SimulatedApplication.Planned;
import io.wsprotocol.fixture.OpenHandle;
import io.wsprotocol.fixture.RecordingBufferSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated connection: the shell that a network stack would be, with a clock, a pool and an application of its own.
 * Not thread-safe: confine to one thread or guard with one lock.
 */
final class SimulatedEnd implements Transport, BufferSource {

    private static final long HOUR = 3_600_000_000_000L;
    private static final long SECOND = 1_000_000_000L;

    final WebSocketConnection connection;
    final SimulatedApplication application;
    private final SimulatedWorld world;
    private final ConnectionOptions options;
    private final SimulatedLink in;
    private final SimulatedLink out;
    /** Watches every byte lent, which takes time; in most lives it is enough to count. */
    private final @Nullable RecordingBufferSource memory;

    private final ConnectionLoop loop;
    /** Pumps instead of the loop, in some lives. */
    private final @Nullable SimulatedFeeder feeder;

    private long clockError;
    private long latest;
    private int lent;
    private int poolEmptyAt;
    private boolean signalled;
    private boolean running;
    private boolean timerLost;
    private boolean transportClosed;
    private int interest = Interest.READ | Interest.WRITE;

    SimulatedEnd(
            SimulatedWorld world,
            boolean server,
            ConnectionOptions options,
            @Nullable DeflateParameters agreed,
            SimulatedLink in,
            SimulatedLink out,
            SplittableRandom dice,
            int largest) {
        this.world = world;
        this.options = options;
        this.in = in;
        this.out = out;
        memory = dice.nextInt(16) == 0 ? new RecordingBufferSource() : null;
        poolEmptyAt = dice.nextInt(12) == 0 ? dice.nextInt(12) : Integer.MAX_VALUE;
        HandleOptions base = HandleOptions.builder()
                .receiveBufferSize(256 << dice.nextInt(3))
                .bufferSource(this)
                .maskingKeySource(dice::nextInt)
                .build();
        application = new SimulatedApplication(world, options, in, out, dice, largest);
        connection = WebSocketConnection.open(
                OpenHandle.of(server, options.handleOptions(base)),
                options,
                agreed,
                application,
                () -> signalled = true,
                0);
        application.uses(connection);
        loop = new ConnectionLoop(connection, this, application);
        feeder = dice.nextInt(3) == 0
                ? new SimulatedFeeder(connection, this, application, application::actBetweenSteps)
                : null;
    }

    // ---- time ----

    private long clock() {
        long clock = world.now() + clockError;
        latest = Math.max(latest, clock);
        return clock;
    }

    /** Jumps an hour on, or back. */
    void jump(boolean forward) {
        world.count(SimulatedFault.CLOCK_JUMP);
        clockError += forward ? HOUR : -HOUR;
    }

    /** {@return the next deadline on the world's clock, or {@link Long#MAX_VALUE}} */
    long nextDeadline() {
        long deadline = isClosed() ? WebSocketConnection.NO_DEADLINE : connection.nextDeadline();
        return deadline == WebSocketConnection.NO_DEADLINE ? Long.MAX_VALUE : deadline - clockError;
    }

    void loseTimer() {
        world.count(SimulatedFault.LOST_TIMER);
        timerLost = true;
    }

    // ---- the shell ----

    boolean isClosed() {
        return application.isClosed();
    }

    /** {@return whether an event loop would come by now} */
    boolean ready() {
        return !isClosed()
                && !running
                && (signalled
                        || (!timerLost && connection.nextDeadline() <= clock())
                        || ((interest & Interest.READ) != 0 && (in.readable() || holdsBytes()))
                        || ((interest & Interest.WRITE) != 0 && out.writable()));
    }

    private boolean holdsBytes() {
        return feeder != null && feeder.holdsBytes();
    }

    /** Runs once, as an event loop does; whatever is thrown ends the transport. */
    void run() {
        signalled = false;
        timerLost = false;
        running = true;
        for (int attempts = 0; running; attempts++) {
            require(attempts < 3, "what was thrown once is thrown again and again");
            try {
                interest = pump();
                running = false;
            } catch (Planned e) {
                connection.transportFailed(e);
                close();
            }
        }
    }

    private int pump() {
        return feeder == null ? loop.run(clock()) : feeder.run(clock());
    }

    /** The application does something, and the shell comes by for it. */
    void act() {
        application.act();
        signalled = true;
    }

    void rest() {
        application.rest();
        timerLost = false;
        signalled = true;
    }

    /** {@return the time on the world's clock by which it has to be over} Both sides close. */
    long finish() {
        application.finish();
        rest();
        return Math.max(latest, clock()) - clockError + options.closeTimeout().toNanos();
    }

    /** {@return whether a long silence must have ended it} Not while its clock, which jumped back, stands still. */
    boolean noticesSilence() {
        return options.keepAlive() != KeepAliveMode.UNSOLICITED_PONG && world.now() + clockError >= latest;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireOpen();
        return in.read(target);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        requireOpen();
        return out.write(buffers, offset, length);
    }

    private void requireOpen() throws IOException {
        if (transportClosed) {
            throw new IOException("closed");
        }
    }

    @Override
    public void shutdownOutput() {
        out.end();
    }

    @Override
    public void close() {
        transportClosed = true;
        application.transportClosed();
        out.end();
        in.stall(false);
    }

    @Override
    public ByteBuffer acquire(int bytes) {
        if (poolEmptyAt-- == 0) {
            world.count(SimulatedFault.EMPTY_POOL);
            throw new Planned("no memory");
        }
        lent++;
        return memory == null ? ByteBuffer.allocate(bytes) : memory.acquire(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {
        lent--;
        if (memory != null) {
            memory.release(buffer);
        }
    }

    // ---- what must be true at the end ----

    /** Nothing comes behind the end, whatever is done to it. */
    void judge(SimulatedEnd peer) {
        application.judge(peer.application);
        pump();
        connection.onTime(clock() + 100 * SECOND);
        ByteBuffer late = ByteBuffer.allocate(8);
        connection.feed(late);
        require(late.remaining() == 8, "bytes are taken after the end");
        require(connection.nextEvent() == ConnectionEvent.NONE, "an event after the last");
        require(!connection.wantsRead() && !connection.wantsWrite(), "a wish after the end");
        require(!connection.wantsTransportClose(), "the transport is to be closed twice");
        require(!connection.isOpen() && !connection.isWritable(), "open after its end");
        require(connection.trySendText("", null) == SendResult.CLOSED, "a send was accepted after the end");
        require(!connection.close(1000, null), "a close began after the end");
        require(connection.nextDeadline() == WebSocketConnection.NO_DEADLINE, "a deadline after the end");
        require(connection.queuedMessages() == 0 && connection.queuedBytes() == 0, "a queue that is not empty");
        require(transportClosed, "the transport was never closed");
        require(lent == 0, lent + " buffers did not come back");
        if (memory != null) {
            memory.verifyBalanced();
        }
    }
}

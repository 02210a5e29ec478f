package io.wsprotocol.driver;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/** The methods of a connection that any thread may call, beside an owner that pumps it under a lock. */
public final class ConnectionStress {

    private ConnectionStress() {}

    /** One thread sends, another closes, the owner writes. */
    @JCStressTest
    @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "taken, completed once, and one end")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "refused, and one end")
    @State
    public static class SendAndClose extends LockedConnection {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = connection.trySendText("a", 1);
        }

        @Actor
        public void closer() {
            connection.close(1000, null);
        }

        @Actor
        public void owner() {
            write();
        }

        @Arbiter
        public void judge(IIII_Result result) {
            result.r4 = end();
            result.r1 = QueueOwner.count(sent);
            result.r2 = completed;
            result.r3 = ends;
        }
    }

    /** One thread sends while the owner writes. */
    @JCStressTest
    @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "taken, completed once, and one end")
    @State
    public static class SendAndWrite extends LockedConnection {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = connection.trySendText("a", 1);
        }

        @Actor
        public void owner() {
            write();
        }

        @Arbiter
        public void judge(IIII_Result result) {
            result.r4 = end();
            result.r1 = QueueOwner.count(sent);
            result.r2 = completed;
            result.r3 = ends;
        }
    }

    /** One thread sends while the transport is lost. */
    @JCStressTest
    @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "taken, completed once, and one end")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "refused, and one end")
    @State
    public static class SendAndLoss extends LockedConnection {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = connection.trySendText("a", 1);
        }

        @Actor
        public void owner() {
            lose();
        }

        @Arbiter
        public void judge(IIII_Result result) {
            result.r4 = end();
            result.r1 = QueueOwner.count(sent);
            result.r2 = completed;
            result.r3 = ends;
        }
    }

    /** One thread sends, another aborts, the owner writes. */
    @JCStressTest
    @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "taken, completed once, and one end")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "refused, and one end")
    @State
    public static class SendAndAbort extends LockedConnection {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = connection.trySendText("a", 1);
        }

        @Actor
        public void aborter() {
            connection.abort();
        }

        @Actor
        public void owner() {
            write();
        }

        @Arbiter
        public void judge(IIII_Result result) {
            result.r4 = end();
            result.r1 = QueueOwner.count(sent);
            result.r2 = completed;
            result.r3 = ends;
        }
    }

    /** One thread pings, another closes, the owner writes. */
    @JCStressTest
    @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "taken, completed once, and one end")
    @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "refused, and one end")
    @State
    public static class PingAndClose extends LockedConnection {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = connection.tryPing(ByteBuffer.allocate(1), 1);
        }

        @Actor
        public void closer() {
            connection.close(1000, null);
        }

        @Actor
        public void owner() {
            write();
        }

        @Arbiter
        public void judge(IIII_Result result) {
            result.r4 = end();
            result.r1 = QueueOwner.count(sent);
            result.r2 = completed;
            result.r3 = ends;
        }
    }

    /** A deadline passes while a message arrives. */
    @JCStressTest
    @Outcome(id = "1, 1, 1001", expect = ACCEPTABLE, desc = "the message came first")
    @Outcome(
            id = "0, 1, 1001",
            expect = ACCEPTABLE,
            desc = "the deadline came first, and nothing is delivered behind it")
    @State
    public static class TimeAndInput extends LockedConnection {

        @Actor
        public void timer() {
            time();
        }

        @Actor
        public void reader() {
            input();
        }

        @Arbiter
        public void judge(III_Result result) {
            end();
            result.r1 = delivered;
            result.r2 = ends;
            result.r3 = code;
        }
    }

    /** A slow peer is given up while a message arrives. */
    @JCStressTest
    @Outcome(id = "1, 1, 4500", expect = ACCEPTABLE, desc = "the message came first")
    @Outcome(id = "0, 1, 4500", expect = ACCEPTABLE, desc = "nothing is delivered behind the failure")
    @State
    public static class SlowPeerAndInput extends LockedConnection {

        @Actor
        public void other() {
            connection.failSlowPeer(4500);
        }

        @Actor
        public void reader() {
            input();
        }

        @Arbiter
        public void judge(III_Result result) {
            end();
            result.r1 = delivered;
            result.r2 = ends;
            result.r3 = code;
        }
    }

    /** The owner pauses while another thread closes. */
    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "it ends once, paused or not")
    @State
    public static class PauseAndClose extends LockedConnection {

        @Actor
        public void owner() {
            pause();
        }

        @Actor
        public void closer() {
            connection.close(1000, null);
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r3 = end();
            result.r1 = delivered;
            result.r2 = ends;
        }
    }

    /** Two threads lose the transport. */
    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "one end")
    @State
    public static class LossAndLoss extends LockedConnection {

        @Actor
        public void one() {
            lose();
        }

        @Actor
        public void other() {
            lose();
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r3 = end();
            result.r1 = delivered;
            result.r2 = ends;
        }
    }
}

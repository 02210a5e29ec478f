package io.wsprotocol.driver;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.wsprotocol.CloseInfo;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.JI_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** What threads that send, ping and close do to the queue of a connection, beside each other and beside its owner. */
public final class SendQueueStress {

    private SendQueueStress() {}

    /** Two threads send. */
    @JCStressTest
    @Outcome(id = "1, 1, 2, 1", expect = ACCEPTABLE, desc = "both are taken, each once")
    @State
    public static class SendAndSend extends QueueOwner {

        private @Nullable SendResult first;
        private @Nullable SendResult second;

        @Actor
        public void one() {
            first = send("a");
        }

        @Actor
        public void other() {
            second = send("b");
        }

        @Arbiter
        public void judge(IIII_Result result) {
            result.r1 = count(first);
            result.r2 = count(second);
            result.r3 = drain();
            result.r4 = isEmpty();
        }
    }

    /** Two threads send, and one message fits. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first fits")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the other fits")
    @State
    public static class SendAndSendWithRoomForOneMessage extends QueueOwner {

        private @Nullable SendResult first;
        private @Nullable SendResult second;

        public SendAndSendWithRoomForOneMessage() {
            super(bounded(1 << 20, 1));
        }

        @Actor
        public void one() {
            first = send("a");
        }

        @Actor
        public void other() {
            second = send("b");
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r1 = count(first);
            result.r2 = count(second);
            result.r3 = drain();
        }
    }

    /** Two threads send, and the bytes of one fit. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the first fits")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the other fits")
    @State
    public static class SendAndSendWithRoomForSomeBytes extends QueueOwner {

        private @Nullable SendResult first;
        private @Nullable SendResult second;

        public SendAndSendWithRoomForSomeBytes() {
            super(bounded(10, 100));
        }

        @Actor
        public void one() {
            first = send("a");
        }

        @Actor
        public void other() {
            second = send("b");
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r1 = count(first);
            result.r2 = count(second);
            result.r3 = drain();
        }
    }

    /** One thread sends, another closes. */
    @JCStressTest
    @Outcome(
            id = "1, 1, 0",
            expect = ACCEPTABLE,
            desc = "taken, so it is in the queue once, before the Close or behind it")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "refused, so it is not")
    @State
    public static class SendAndClose extends QueueOwner {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = send("a");
        }

        @Actor
        public void closer() {
            queue.close(CloseInfo.EMPTY);
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r1 = count(sent);
            result.r2 = drain();
            result.r3 = queue.messages();
        }
    }

    /** One thread pings, another closes. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "taken, so it is in the queue once")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "refused, so it is not")
    @State
    public static class PingAndClose extends QueueOwner {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = ping("p");
        }

        @Actor
        public void closer() {
            queue.close(CloseInfo.EMPTY);
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r1 = count(sent);
            result.r2 = drain();
            result.r3 = queue.messages();
        }
    }

    /** Two threads close. */
    @JCStressTest
    @Outcome(id = "true, false, |", expect = ACCEPTABLE, desc = "the first begins it, once")
    @Outcome(id = "false, true, |", expect = ACCEPTABLE, desc = "the other begins it, once")
    @State
    public static class CloseAndClose extends QueueOwner {

        private boolean first;
        private boolean second;

        @Actor
        public void one() {
            first = queue.close(CloseInfo.EMPTY);
        }

        @Actor
        public void other() {
            second = queue.close(CloseInfo.EMPTY);
        }

        @Arbiter
        public void judge(ZZL_Result result) {
            drain();
            result.r1 = first;
            result.r2 = second;
            result.r3 = order;
        }
    }

    /** One thread sends while the owner loses the transport. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "taken, so it is completed once")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused, so nothing is told")
    @State
    public static class SendAndTransportLoss extends QueueOwner {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = send("a");
        }

        @Actor
        public void owner() {
            queue.terminate();
        }

        @Arbiter
        public void judge(III_Result result) {
            queue.terminate();
            result.r1 = count(sent);
            result.r2 = completed;
            result.r3 = isEmpty();
        }
    }

    /** One thread sends while the owner takes nothing any more, and ends later. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "taken, so it is completed once")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused, so nothing is told")
    @State
    public static class SendAndShut extends QueueOwner {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = send("a");
        }

        @Actor
        public void owner() {
            queue.shut();
        }

        @Arbiter
        public void judge(III_Result result) {
            queue.terminate();
            result.r1 = count(sent);
            result.r2 = completed;
            result.r3 = isEmpty();
        }
    }

    /** One thread pings while the owner loses the transport. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "taken, so it is completed once")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused, so nothing is told")
    @State
    public static class PingAndTransportLoss extends QueueOwner {

        private @Nullable SendResult sent;

        @Actor
        public void sender() {
            sent = ping("p");
        }

        @Actor
        public void owner() {
            queue.terminate();
        }

        @Arbiter
        public void judge(III_Result result) {
            queue.terminate();
            result.r1 = count(sent);
            result.r2 = completed;
            result.r3 = isEmpty();
        }
    }

    /** One thread closes while the owner loses the transport. */
    @JCStressTest
    @Outcome(id = "true, 0, 1", expect = ACCEPTABLE, desc = "it was the first to close, and nothing stays")
    @Outcome(id = "false, 0, 1", expect = ACCEPTABLE, desc = "it came too late, and nothing stays")
    @State
    public static class CloseAndTransportLoss extends QueueOwner {

        private boolean began;

        @Actor
        public void closer() {
            began = queue.close(CloseInfo.EMPTY);
        }

        @Actor
        public void owner() {
            queue.terminate();
        }

        @Arbiter
        public void judge(ZII_Result result) {
            queue.terminate();
            result.r1 = began;
            result.r2 = completed;
            result.r3 = isEmpty();
        }
    }

    /** One thread sends while the owner drains. */
    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the owner saw it")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "it waits for the next time")
    @State
    public static class SendAndDrain extends QueueOwner {

        private int seen;

        @Actor
        public void sender() {
            send("a");
        }

        @Actor
        public void owner() {
            seen = drain();
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r1 = seen;
            result.r2 = drain();
            result.r3 = isEmpty();
        }
    }

    /** One thread sends twice while the owner drains. */
    @JCStressTest
    @Outcome(id = "ab, 2", expect = ACCEPTABLE, desc = "in their order")
    @State
    public static class TwoSendsKeepTheirOrder extends QueueOwner {

        @Actor
        public void sender() {
            send("a");
            send("b");
        }

        @Actor
        public void owner() {
            drain();
        }

        @Arbiter
        public void judge(LI_Result result) {
            drain();
            result.r1 = order;
            result.r2 = completed;
        }
    }

    /** Two threads send, one of them twice, while the owner drains. */
    @JCStressTest
    @Outcome(id = "abc, 3", expect = ACCEPTABLE, desc = "in the order of each thread")
    @Outcome(id = "acb, 3", expect = ACCEPTABLE, desc = "in the order of each thread")
    @Outcome(id = "cab, 3", expect = ACCEPTABLE, desc = "in the order of each thread")
    @State
    public static class SendsOfTwoThreadsAndDrain extends QueueOwner {

        @Actor
        public void one() {
            send("a");
            send("b");
        }

        @Actor
        public void other() {
            send("c");
        }

        @Actor
        public void owner() {
            drain();
        }

        @Arbiter
        public void judge(LI_Result result) {
            drain();
            result.r1 = order;
            result.r2 = completed;
        }
    }

    /** Two threads send into a queue that keeps the newest while the owner drains. */
    @JCStressTest
    @Outcome(id = "2, 2, 1", expect = ACCEPTABLE, desc = "each is completed once, sent or dropped")
    @State
    public static class SendAndDropOldest extends QueueOwner {

        private @Nullable SendResult first;
        private @Nullable SendResult second;

        public SendAndDropOldest() {
            super(bounded(1 << 20, 1).toBuilder()
                    .overflowPolicy(OverflowPolicy.DROP_OLDEST)
                    .build());
        }

        @Actor
        public void one() {
            first = send("a");
        }

        @Actor
        public void other() {
            second = send("b");
        }

        @Actor
        public void owner() {
            drain();
        }

        @Arbiter
        public void judge(III_Result result) {
            drain();
            result.r1 = count(first) + count(second);
            result.r2 = completed;
            result.r3 = isEmpty();
        }
    }

    /** One thread looks at the load while another sends and the owner drains. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "before or after")
    @Outcome(id = "6, 1", expect = ACCEPTABLE, desc = "while it waits")
    @State
    public static class BytesAreNeverWrong extends QueueOwner {

        private long seen;

        @Actor
        public void sender() {
            send("a");
        }

        @Actor
        public void owner() {
            drain();
        }

        @Actor
        public void looker() {
            seen = queue.bytes();
        }

        @Arbiter
        public void judge(JI_Result result) {
            drain();
            result.r1 = seen;
            result.r2 = isEmpty();
        }
    }

    /** One thread passes the high-water mark while the owner drains. */
    @JCStressTest
    @Outcome(id = "true, 2", expect = ACCEPTABLE, desc = "both marks are told, one after the other")
    @State
    public static class HighWaterAndDrain extends QueueOwner {

        public HighWaterAndDrain() {
            super(bounded(6, 100));
        }

        @Actor
        public void sender() {
            send("a");
        }

        @Actor
        public void owner() {
            drain();
        }

        @Arbiter
        public void judge(ZI_Result result) {
            drain();
            result.r1 = queue.isWritable();
            result.r2 = waterMarks;
        }
    }
}

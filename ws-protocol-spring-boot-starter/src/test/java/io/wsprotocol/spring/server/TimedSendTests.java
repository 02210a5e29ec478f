package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.OverflowPolicy;
import io.wsprotocol.driver.PreparedMessage;
import io.wsprotocol.driver.SendOutcome;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an observer hears of the messages of a shell: which are timed, how large they are, and that reading waits. */
class TimedSendTests {

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final ScriptedTransport transport = new ScriptedTransport(Integer.MAX_VALUE, Runnable::run);
    private final Recorder recorder = new Recorder();

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @Test
    void aTimedMessageIsToldWhenItIsHandedOutAndWhenItIsWritten() {
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        List<SendOutcome> outcomes = new ArrayList<>();

        shell.trySendText("hello");
        shell.trySend(MessageType.BINARY, ByteBuffer.allocate(3), true, outcomes::add);
        shell.trySendUncompressed(MessageType.BINARY, ByteBuffer.allocate(4), true);
        shell.trySend(PreparedMessage.text("to all"), outcomes::add);

        assertThat(recorder.heard)
                .containsExactly(
                        "waited", "sent 5", "took", "waited", "sent 3", "took", "waited", "sent 4", "took", "waited",
                        "sent 6", "took");
        assertThat(outcomes).containsExactly(SendOutcome.SENT, SendOutcome.SENT);
        assertThat(recorder.negative).isFalse();
    }

    @Test
    void onlyMessagesThatTheObserverAsksForAreTimed() {
        recorder.asks = false;
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        shell.trySendText("hello");
        assertThat(recorder.heard).containsExactly("sent 5");
    }

    @Test
    void controlFramesAreNoMessages() {
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        shell.tryPing(ByteBuffer.allocate(3));
        shell.tryPong(ByteBuffer.allocate(3));
        assertThat(recorder.heard).isEmpty();
    }

    @Test
    void aMessageThatIsNotAcceptedLeavesTheNextOneToBeTimed() {
        ConnectionShell shell = shell(ConnectionOptions.builder()
                .maxQueuedMessages(1)
                .overflowPolicy(OverflowPolicy.REJECT)
                .build());
        assertThatThrownBy(() -> shell.trySendText("\ud800")).isInstanceOf(IllegalArgumentException.class);
        transport.refuses = true;
        assertThat(shell.trySendText("first")).isEqualTo(SendResult.ACCEPTED);
        assertThat(shell.trySendText("second")).isEqualTo(SendResult.FULL);
        transport.refuses = false;
        shell.writeCompleted(0);
        shell.trySendText("third");
        assertThat(recorder.heard).containsExactly("waited", "sent 5", "took", "waited", "sent 5", "took");
    }

    @Test
    void aMessageThatIsLostTakesNoTime() {
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        transport.refuses = true;
        List<SendOutcome> outcomes = new ArrayList<>();
        shell.trySend(MessageType.BINARY, ByteBuffer.allocate(3), true, outcomes::add);
        shell.abort();
        assertThat(outcomes).containsExactly(SendOutcome.FAILED);
        assertThat(recorder.heard).containsExactly("waited", "sent 3");
    }

    @Test
    void receivedMessagesAreToldWithTheirSizes() {
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        transport.arrives(0x81, 'a', 'b');
        transport.arrives(0x8A);
        transport.arrives(0x82, 1, 2, 3);
        shell.readable();
        assertThat(recorder.heard).containsExactly("received 2", "received 3");
    }

    @Test
    void aPauseIsToldWithItsEnd() {
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        shell.pauseReading();
        shell.resumeReading();
        shell.pauseReading();
        shell.close(1000, null);
        assertThat(recorder.heard).containsExactly("suspended", "resumed", "suspended", "resumed");
    }

    @Test
    void timingAllocatesNothing() {
        recorder.records = false;
        ConnectionShell shell = shell(ConnectionOptions.defaults());
        PreparedMessage message = PreparedMessage.text("to all");
        transport.records = false;
        long least = Long.MAX_VALUE;
        long timed = Long.MAX_VALUE;
        for (int round = 0; round < 40; round++) {
            recorder.asks = round % 2 == 0;
            long bytes = allocated(() -> shell.trySend(message, null));
            if (recorder.asks) {
                timed = Math.min(timed, bytes);
            } else {
                least = Math.min(least, bytes);
            }
        }
        assertThat(timed).isEqualTo(least);
    }

    private static long allocated(Runnable send) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 1000; i++) {
            send.run();
        }
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    private ConnectionShell shell(ConnectionOptions options) {
        var handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        return new ConnectionShell(handle, options, transport, new RecordingShellListener(), recorder, scheduler);
    }

    /** Writes down what it hears. Not thread-safe: everything here runs on one thread. */
    private static final class Recorder implements ConnectionObserver {

        final List<String> heard = new ArrayList<>();
        boolean asks = true;
        boolean records = true;
        boolean negative;

        @Override
        public boolean timesSend() {
            return asks;
        }

        @Override
        public void sendWaited(long nanos) {
            took("waited", nanos);
        }

        @Override
        public void sendTook(long nanos) {
            took("took", nanos);
        }

        @Override
        public void messageSent(long bytes, boolean endsMessage) {
            if (records) {
                heard.add("sent " + bytes);
            }
        }

        @Override
        public void messageReceived(long bytes, boolean endsMessage) {
            heard.add("received " + bytes);
        }

        @Override
        public void readingSuspended(boolean suspended) {
            heard.add(suspended ? "suspended" : "resumed");
        }

        private void took(String what, long nanos) {
            negative |= nanos < 0;
            if (records) {
                heard.add(what);
            }
        }
    }
}

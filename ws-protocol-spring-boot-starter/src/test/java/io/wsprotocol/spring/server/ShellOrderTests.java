package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.HandleOptions;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.driver.MessageType;
import io.wsprotocol.driver.SendResult;
import io.wsprotocol.driver.WebSocketConnection;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In which order a shell asks its transport, and how much it writes in one turn. */
@Timeout(60)
class ShellOrderTests {

    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final int RESERVED_OPCODE = 0x83;
    private static final int LARGE = 1 << 20;
    private static final int SMALL_READ = 256;

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScriptedTransport transport = new ScriptedTransport(Integer.MAX_VALUE, threads);

    private final ConnectionShell[] pausing = new ConnectionShell[1];

    @AfterEach
    void stop() {
        scheduler.close();
        threads.shutdownNow();
    }

    @Test
    void theTransportEndsBehindTheCloseOfAFailureBeforeAReadThatFindsNothingLetsItsContainerGo() {
        RecordingShellListener listener = new RecordingShellListener();
        transport.arrives(RESERVED_OPCODE);

        shell(listener).readable();

        assertThat(transport.calls).containsExactly("read 6", "write", "shutdown", "close");
        assertThat(listener.heard).containsExactly("opened", "closed 1002");
    }

    @Test
    void theTransportEndsBehindTheAnswerToACloseBeforeAnotherRead() {
        RecordingShellListener listener = new RecordingShellListener();
        transport.arrives(CLOSE, 0x03, 0xE8);

        shell(listener).readable();

        assertThat(transport.calls).containsExactly("read 8", "write", "close");
        assertThat(listener.heard).containsExactly("opened", "closed 1000");
    }

    @Test
    void anAnswerLeavesBeforeTheReadThatFindsNothing() {
        ConnectionShell[] shell = new ConnectionShell[1];
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                shell[0].trySendText(payload);
            }
        });
        transport.arrives(TEXT, 'a');

        shell[0].readable();

        assertThat(transport.calls).containsExactly("read 7", "write", "read 0", "await");
    }

    @Test
    void answersToWhatCameInOneReadLeaveInOneWriteOnceTheListenerHasBeenQuick() {
        ConnectionShell[] shell = new ConnectionShell[1];
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                shell[0].trySendText(payload);
            }
        });

        untilTheListenerIsQuick(() -> {
            transport.calls.clear();
            transport.written.set(0);
            transport.arriveTogether(TEXT, "abcdefg");

            shell[0].readable();

            assertThat(transport.calls).containsExactly("read 49", "write", "read 0", "await");
            assertThat(transport.written).hasValue(7 * 3);
        });
    }

    @Test
    void answersToWhatFilledReadsLeaveInOneWrite() {
        ConnectionShell shell = echo();

        untilTheListenerIsQuick(() -> {
            transport.calls.clear();
            transport.written.set(0);
            transport.arriveTogether(TEXT, "x".repeat(60));

            shell.readable();

            assertThat(transport.calls).containsExactly("read 256", "read 164", "write", "read 0", "await");
            assertThat(transport.written).hasValue(60 * 3);
        });
    }

    @Test
    void answersToWhatFilledTheLastReadLeaveWhenTheNextOneFindsNothing() {
        ConnectionShell shell = echo();

        untilTheListenerIsQuick(() -> {
            transport.calls.clear();
            transport.arriveTogether(TEXT, "x".repeat(17), SMALL_READ - 17 * 7 - 8);

            shell.readable();

            assertThat(transport.calls).containsExactly("read 256", "read 0", "write", "await");
        });
    }

    @Test
    void answersAreNotHeldBackForAMessageThatTakesManyReads() {
        ConnectionShell shell = echo();

        untilTheListenerIsQuick(() -> {
            transport.calls.clear();
            transport.arriveTogether(TEXT, "ab", 1_000);

            shell.readable();

            assertThat(transport.calls).startsWith("read 256", "read 256", "write", "read 256");
        });
    }

    private ConnectionShell echo() {
        ConnectionShell[] shell = new ConnectionShell[1];
        shell[0] = shell(
                large(), HandleOptions.builder().receiveBufferSize(SMALL_READ).build(), new RecordingShellListener() {
                    @Override
                    void onText(String payload) {
                        shell[0].trySendText(payload);
                    }
                });
        return shell[0];
    }

    @Test
    void whatWasReadBeforeAPauseIsToldAfterIt() {
        RecordingShellListener listener = pausingAtTheFirstMessage();
        ConnectionShell shell = pausing[0];
        assertThat(listener.heard).containsExactly("opened", "text a");

        shell.resumeReading();

        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(listener.heard).containsExactly("opened", "text a", "text b", "text c"));
    }

    @Test
    void aCloseFromThisSideEndsAPause() {
        RecordingShellListener listener = pausingAtTheFirstMessage();
        ConnectionShell shell = pausing[0];

        shell.close(1001, null);
        shell.pauseReading();
        transport.arrives(CLOSE, 0x03, 0xE9);
        shell.readable();

        Awaitility.await()
                .untilAsserted(() -> assertThat(listener.heard)
                        .containsExactly("opened", "text a", "text b", "text c", "closed 1001"));
    }

    private RecordingShellListener pausingAtTheFirstMessage() {
        RecordingShellListener listener = new RecordingShellListener() {
            @Override
            void onText(String payload) {
                if ("a".equals(payload)) {
                    pausing[0].pauseReading();
                }
            }
        };
        pausing[0] = shell(listener);
        transport.arriveTogether(TEXT, "abc");
        pausing[0].readable();
        return listener;
    }

    @Test
    void answersThatAreHeldBackLeaveBeforeTheyAreMany() {
        ConnectionShell[] shell = new ConnectionShell[1];
        String answer = "x".repeat(1_000);
        AtomicLong mostHeld = new AtomicLong();
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                shell[0].trySendText(answer);
                mostHeld.accumulateAndGet(shell[0].queuedBytes(), Math::max);
            }
        });

        untilTheListenerIsQuick(() -> {
            transport.calls.clear();
            transport.arriveTogether(TEXT, "x".repeat(50));

            shell[0].readable();

            assertThat(Collections.frequency(transport.calls, "write")).isBetween(4, 10);
            assertThat(mostHeld.get()).isBetween(10_000L, 16L << 10);
        });
    }

    @Test
    void anAnswerThatIsHeldBackLeavesWhileTheListenerWorksOn() {
        ConnectionShell[] shell = new ConnectionShell[1];
        AtomicBoolean heldBack = new AtomicBoolean();
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                long after = transport.written.get() + 3;
                shell[0].trySendText(payload);
                if (transport.written.get() < after) {
                    heldBack.set(true);
                    Awaitility.await()
                            .untilAsserted(() -> assertThat(transport.written).hasValue(after));
                }
            }
        });

        untilTheListenerIsQuick(() -> {
            transport.arriveTogether(TEXT, "ab");

            shell[0].readable();

            assertThat(heldBack).isTrue();
        });
    }

    @Test
    void aListenerThatWasSlowHasItsNextAnswerWrittenAtOnce() {
        ConnectionShell[] shell = new ConnectionShell[1];
        AtomicInteger atOnce = new AtomicInteger();
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                long before = transport.written.get();
                shell[0].trySendText(payload);
                if (transport.written.get() > before) {
                    atOnce.incrementAndGet();
                }
                long begun = System.nanoTime();
                while (System.nanoTime() - begun < 3_000_000) {
                    Thread.onSpinWait();
                }
            }
        });
        transport.arriveTogether(TEXT, "abcdefgh");

        shell[0].readable();

        assertThat(atOnce).hasValue(8);
    }

    @Test
    void whatAnotherThreadSendsIsNotHeldBack() {
        ConnectionShell[] shell = new ConnectionShell[1];
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                if (payload.equals("b")) {
                    long before = transport.written.get();
                    CompletableFuture.runAsync(() -> shell[0].trySendText("other"), threads)
                            .join();
                    assertThat(transport.written).hasValue(before + 7);
                }
            }
        });
        transport.arrives(TEXT, 'a');
        shell[0].readable();
        transport.arriveTogether(TEXT, "bc");

        shell[0].readable();

        assertThat(transport.written).hasValue(7);
    }

    @Test
    void whoWaitsForRoomWritesWhatIsHeldBackFirst() {
        ConnectionOptions options = ConnectionOptions.builder()
                .maxQueuedBytes(2_000)
                .highWaterBytes(1_900)
                .lowWaterBytes(100)
                .build();
        ConnectionShell[] shell = new ConnectionShell[1];
        List<SendResult> results = new CopyOnWriteArrayList<>();
        shell[0] = shell(options, new RecordingShellListener() {
            @Override
            void onText(String payload) {
                String large = "x".repeat(1_200);
                for (int i = 0; i < 3; i++) {
                    try {
                        results.add(shell[0].send(() -> shell[0].trySendText(large), TimeUnit.SECONDS.toNanos(20)));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        });
        transport.arrives(TEXT, 'a');
        shell[0].readable();
        transport.arriveTogether(TEXT, "bc");

        shell[0].readable();

        assertThat(results).hasSize(9).containsOnly(SendResult.ACCEPTED);
    }

    @Test
    void oneTurnOfWritingIsBoundedAndSaysThatThereIsMore() {
        var handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        WebSocketConnection connection =
                WebSocketConnection.open(handle, large(), (context, outcome) -> {}, () -> {}, scheduler.now());
        connection.trySend(MessageType.BINARY, ByteBuffer.allocate(LARGE), true, null);
        Wire wire = new Wire(connection, transport);

        int turns = 0;
        long before;
        do {
            before = transport.written.get();
            wire.write();
            turns++;
            assertThat(transport.written.get() - before).isBetween(1L, 2L * Wire.MOST_WRITTEN);
        } while (wire.writesOn());

        assertThat(turns).isGreaterThan(LARGE / Wire.MOST_WRITTEN / 2);
        assertThat(transport.written.get()).isGreaterThan(LARGE);
        assertThat(connection.queuedBytes()).isZero();
    }

    @Test
    void whatIsLeftOfATurnLeavesWhileThePumpWaitsInsideTheListener() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        RecordingShellListener listener = new RecordingShellListener() {
            @Override
            void onText(String payload) {
                inside.countDown();
                await(mayLeave);
            }
        };
        ConnectionShell shell = shell(listener);
        transport.arrives(TEXT, 'w');
        transport.execute(shell::readable);
        await(inside);

        assertThat(shell.trySend(MessageType.BINARY, ByteBuffer.allocate(LARGE), true))
                .isEqualTo(SendResult.ACCEPTED);

        assertThat(shell.queuedBytes()).isZero();
        assertThat(transport.written.get()).isGreaterThan(LARGE);
        mayLeave.countDown();
        shell.abort();
        await(listener.closed);
    }

    @Test
    void whatThePumpLeavesOfATurnHasLeftBeforeTheListenerIsCalled() {
        CountDownLatch told = new CountDownLatch(1);
        long[] writtenBefore = new long[1];
        ConnectionShell[] shell = new ConnectionShell[1];
        shell[0] = shell(new RecordingShellListener() {
            @Override
            void onText(String payload) {
                if (payload.equals("1")) {
                    shell[0].trySend(MessageType.BINARY, ByteBuffer.allocate(LARGE), true);
                } else {
                    writtenBefore[0] = transport.written.get();
                    told.countDown();
                }
            }
        });
        transport.arrives(TEXT, '1');
        transport.arrives(TEXT, '2');

        shell[0].readable();

        await(told);
        assertThat(writtenBefore[0]).isGreaterThan(LARGE);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** On a busy machine, and while classes are loaded, it is not always, and then its answers are not held back. */
    private static void untilTheListenerIsQuick(ThrowingRunnable attempt) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(attempt);
    }

    private static ConnectionOptions large() {
        return ConnectionOptions.builder().maxQueuedBytes(4 << 20).build();
    }

    private ConnectionShell shell(RecordingShellListener listener) {
        return shell(large(), listener);
    }

    private ConnectionShell shell(ConnectionOptions options, RecordingShellListener listener) {
        return shell(options, HandleOptions.defaults(), listener);
    }

    private ConnectionShell shell(
            ConnectionOptions options, HandleOptions handleOptions, RecordingShellListener listener) {
        var handle = WebSocketHandle.createServer(options.handleOptions(handleOptions));
        handle.assumeHandshakeDone();
        return new ConnectionShell(handle, options, transport, listener, ConnectionObserver.NONE, scheduler);
    }
}

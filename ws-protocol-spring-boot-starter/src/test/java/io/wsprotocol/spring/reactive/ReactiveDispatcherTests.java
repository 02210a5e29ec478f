package io.wsprotocol.spring.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.server.ConnectionRegistry;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.SocketTransport;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** A reactive handler that fails, on a connection in memory. */
class ReactiveDispatcherTests {

    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;

    private final DeadlineScheduler scheduler = new DeadlineScheduler();
    private final ConnectionRegistry registry = new ConnectionRegistry();
    private final Memory transport = new Memory();

    @AfterEach
    void stop() {
        scheduler.close();
    }

    /** What Reactor takes for fatal goes through all operators, up to whoever told the message. */
    @ParameterizedTest
    @ValueSource(classes = {NoClassDefFoundError.class, StackOverflowError.class})
    void aHandlerOfAFatalErrorOverAMessageHasFailedAndItsConnectionStillEnds(Class<? extends Throwable> failure) {
        ConnectionShell shell = shell(session ->
                session.receive().doOnNext(message -> rethrow(failure)).then());

        transport.arrives(TEXT, 'x');
        shell.readable();

        assertThat(transport.closeStatus()).isEqualTo(1011);
        endsWithTheClientsClose(shell);
    }

    /** Reactive Streams §2.13: it must not, so there is nobody else to tell. */
    @Test
    void aSubscriberThatThrowsOverAMessageHasFailedAndItsConnectionStillEnds() {
        ConnectionShell shell = shell(session -> {
            session.receive().subscribe(new Thrower());
            return Mono.never();
        });

        transport.arrives(TEXT, 'x');
        shell.readable();

        assertThat(transport.closeStatus()).isEqualTo(1011);
        endsWithTheClientsClose(shell);
    }

    @ParameterizedTest
    @ValueSource(classes = {NoClassDefFoundError.class, IllegalStateException.class})
    void aHandlerThatThrowsInsteadOfBeginningHasFailedAndItsConnectionStillEnds(Class<? extends Throwable> failure) {
        ConnectionShell shell = shell(session -> {
            rethrow(failure);
            return Mono.never();
        });

        shell.readable();

        assertThat(transport.closeStatus()).isEqualTo(1011);
        endsWithTheClientsClose(shell);
    }

    /** A source of many, such as a sink, would keep the subscriber, and with it the session, for ever. */
    @Test
    void aSourceThatComesBehindTheEndOfTheConnectionIsCancelled() throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ConnectionShell[] shell = new ConnectionShell[1];
        Publisher<WebSocketMessage> late = subscriber -> {
            shell[0].abort();
            awaitIt(done);
            subscriber.onSubscribe(new Source(cancelled));
        };
        shell[0] = shell(session -> {
            // On another thread than the pump, which would tell the end only afterwards.
            new Thread(() -> session.send(late).subscribe(null, null, done::countDown)).start();
            return Mono.never();
        });

        shell[0].readable();

        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoSendsHearsOfTheEndAlthoughWhoReceivesFailsOverIt() throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        ConnectionShell shell = shell(session -> {
            session.receive().subscribe(new Thrower());
            return session.send(subscriber -> subscriber.onSubscribe(new Source(cancelled)));
        });
        shell.readable();

        shell.abort();

        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(registry.size()).isZero();
    }

    private static void awaitIt(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void endsWithTheClientsClose(ConnectionShell shell) {
        transport.arrives(CLOSE, 1011 >> 8, 1011 & 0xFF);
        shell.readable();
        assertThat(registry.size()).isZero();
        assertThat(scheduler.size()).isZero();
    }

    private static void rethrow(Class<? extends Throwable> failure) {
        if (failure == NoClassDefFoundError.class) {
            throw new NoClassDefFoundError("of the test");
        }
        if (failure == StackOverflowError.class) {
            throw new StackOverflowError("of the test");
        }
        throw new IllegalStateException("of the test");
    }

    private ConnectionShell shell(WebSocketHandler handler) {
        ServerHandle handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        ReactiveDispatcher dispatcher = new ReactiveDispatcher(handler, registry, Context.empty());
        ConnectionShell shell = new ConnectionShell(
                handle, ConnectionOptions.defaults(), transport, dispatcher, ConnectionObserver.NONE, scheduler);
        HandshakeInfo handshake =
                new HandshakeInfo(URI.create("ws://localhost/test"), new HttpHeaders(), Mono.empty(), null);
        dispatcher.session(new WsProtocolReactiveSession("id", shell, handshake, true));
        return shell;
    }

    /** Breaks the rule that a subscriber does not throw. */
    private static final class Thrower implements CoreSubscriber<WebSocketMessage> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(WebSocketMessage message) {
            throw new IllegalStateException("of the test");
        }

        @Override
        public void onError(Throwable cause) {
            throw new IllegalStateException("of the test");
        }

        @Override
        public void onComplete() {
            throw new IllegalStateException("of the test");
        }
    }

    /** Sends nothing. */
    private record Source(CountDownLatch cancelled) implements Subscription {

        @Override
        public void request(long count) {}

        @Override
        public void cancel() {
            cancelled.countDown();
        }
    }

    /** Reads what the test puts there and keeps what is written. */
    private static final class Memory implements SocketTransport {

        private final Deque<ByteBuffer> input = new ArrayDeque<>();
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();

        /** One frame of a client, with a masking key of zero. */
        void arrives(int byte0, int... payload) {
            ByteBuffer frame = ByteBuffer.allocate(6 + payload.length);
            frame.put((byte) byte0).put((byte) (0x80 | payload.length)).putInt(0);
            for (int b : payload) {
                frame.put((byte) b);
            }
            input.add(frame.flip());
        }

        /** The status of the Close that was written; -1 when the first frame is none. */
        int closeStatus() {
            byte[] written = output.toByteArray();
            return written.length >= 4 && (written[0] & 0xFF) == CLOSE
                    ? (written[2] & 0xFF) << 8 | (written[3] & 0xFF)
                    : -1;
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public int read(ByteBuffer target) {
            ByteBuffer next = input.poll();
            if (next == null) {
                return 0;
            }
            int bytes = next.remaining();
            target.put(next);
            return bytes;
        }

        @Override
        public void awaitReadable() {}

        @Override
        public long write(ByteBuffer[] buffers, int count) {
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += buffers[i].remaining();
                while (buffers[i].hasRemaining()) {
                    output.write(buffers[i].get());
                }
            }
            return bytes;
        }

        @Override
        public boolean shutdownOutput() {
            return false;
        }

        @Override
        public void close() {}

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }
}

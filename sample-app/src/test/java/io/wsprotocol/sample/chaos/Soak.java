package io.wsprotocol.sample.chaos;

import io.wsprotocol.driver.CloseEvent;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.sample.SampleApplication;
import io.wsprotocol.sample.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The running sample in a process of its own, on real sockets, behind a {@link ChaosProxy}: a broadcast to readers of which some stop to read, and a
 * churn of short lives on broken networks. Prints what it saw; the exit status is 0 when all of it was right.
 */
public final class Soak {

    private static final long LOOK_MILLIS = 250;
    private static final long SETTLE_SECONDS = 90;
    private static final int WARM_UP_LIVES = 400;

    private final SoakPlan plan;
    private final Tally tally = new Tally();
    private final Histogram latency = new Histogram(3);
    private final Random random;
    private final List<Reader> readers = new ArrayList<>();
    private final List<StallWatch> stalls = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    private Soak(SoakPlan plan) {
        this.plan = plan;
        random = new Random(plan.seed());
    }

    /** Runs the plan of half an hour, as system properties change it ({@code -Dsoak.seconds=…} and the other parts of {@link SoakPlan}). */
    public static void main(String[] arguments) throws Exception {
        SoakReport report = run(SoakPlan.longest());
        System.out.println(report.text());
        System.exit(report.faults().isEmpty() ? 0 : 1);
    }

    /** {@return what a run has seen} */
    static SoakReport run(SoakPlan plan) throws Exception {
        return new Soak(plan).run();
    }

    private SoakReport run() throws Exception {
        try (ServerProcess server = ServerProcess.start(
                        System.getProperty("java.class.path"),
                        List.of("-Xmx512m"),
                        SampleApplication.class.getName(),
                        List.of(
                                "--server.port=0",
                                "--server.tomcat.threads.max=32",
                                "--server.tomcat.threads.min-spare=32",
                                // Or else a stalled reader would be dropped for a missing pong before its socket is
                                // full.
                                "--ws-protocol.keepalive.mode=off",
                                "--ws-protocol.idle-timeout=" + plan.idleSeconds() + "s"));
                ChaosProxy proxy = ChaosProxy.start(server.port(), plan.seed());
                Reactor reactor = Reactor.start()) {
            return run(server, proxy, reactor);
        }
    }

    private SoakReport run(ServerProcess server, ChaosProxy proxy, Reactor reactor) throws Exception {
        String echo = "ws://127.0.0.1:" + proxy.port() + "/echo";
        String broadcast = "ws://127.0.0.1:" + proxy.port() + "/broadcast";
        int answer = answerBytes(reactor, "ws://127.0.0.1:" + server.port() + "/echo");
        Churn churn = new Churn(reactor, echo, proxy, new Random(plan.seed() + 1), tally, answer);
        warmUp(churn, reactor, proxy, server);
        Sample base = Sample.of(server, 0);

        Publisher publisher =
                new Publisher(reactor, "ws://127.0.0.1:" + server.port() + "/broadcast", plan, random, tally);
        long began = System.nanoTime();
        reactor.execute(publisher::connect);
        publisher.awaitOpen();
        reactor.execute(() -> admit(reactor, broadcast, proxy));
        await("readers", () -> ask(reactor, () -> readers.stream().allMatch(Reader::isOpen)));
        reactor.execute(publisher::begin);
        reactor.execute(() -> churn.begin(plan.livesPerSecond(), Harm::draw));
        watch(server, reactor, broadcast, proxy, began);
        Sample busy = samples.get(samples.size() - 1);

        reactor.execute(churn::stop);
        reactor.execute(publisher::stop);
        await("the end of the churn", () -> tally.livesOpen.get() == 0);
        long last = ask(reactor, publisher::last);
        await("the last broadcast", () -> ask(reactor, () -> allHeard(last)));
        ask(reactor, () -> missing(last));
        reactor.execute(() -> List.copyOf(readers).forEach(Soak::dismiss));
        reactor.execute(publisher::leave);
        await("the last connection", () -> proxy.open() == 0 && serverConnections(server) == 0);
        await("descriptors and threads", () -> Sample.of(server, 0).isBackTo(base));
        Sample end = Sample.of(server, secondsSince(began));
        return new SoakReport(
                plan, tally, latency, base, busy, end, samples, reactor.mostLateMillis(), server.output());
    }

    /** Classes are loaded, code is compiled, pools are filled before anything is counted. */
    private void warmUp(Churn churn, Reactor reactor, ChaosProxy proxy, ServerProcess server) throws Exception {
        reactor.execute(() -> churn.begin(plan.livesPerSecond(), Harm::drawHarmless));
        await("the warm-up", () -> tally.lives.get() >= WARM_UP_LIVES);
        reactor.execute(churn::stop);
        await("the end of the warm-up", () -> tally.livesOpen.get() == 0 && proxy.open() == 0);
        await("the server's end of it", () -> serverConnections(server) == 0);
    }

    private void admit(Reactor reactor, String url, ChaosProxy proxy) {
        for (int i = 0; i < plan.readers(); i++) {
            reader(reactor, url, proxy, i < plan.stalled() ? stall() : nuisance(i))
                    .connect();
        }
    }

    private Reader reader(Reactor reactor, String url, ChaosProxy proxy, Fault fault) {
        Reader reader = new Reader(reactor, url, proxy, fault, tally, latency, () -> {});
        readers.add(reader);
        if (reader.stalls()) {
            stalls.add(new StallWatch(reader));
        }
        return reader;
    }

    private Fault stall() {
        return Fault.toClient(Fault.Kind.STALL, 1_000 + random.nextInt(4 * plan.broadcastBytes()));
    }

    /** Four in ten have something to bear with. */
    private Fault nuisance(int number) {
        return switch (number % 10) {
            case 0 -> Fault.latency(random.nextInt(200), random.nextInt(100));
            case 1 -> Fault.slices(4_000 + random.nextInt(8_000));
            case 2 -> Fault.bandwidth(2_000 * plan.broadcastBytes() / plan.broadcastMillis());
            case 3 -> new Fault(20, 20, 8_192, 0, null, null);
            default -> Fault.NONE;
        };
    }

    private void watch(ServerProcess server, Reactor reactor, String url, ChaosProxy proxy, long began)
            throws Exception {
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
        sampler.scheduleAtFixedRate(() -> sample(server, began), 0, plan.sampleSeconds(), TimeUnit.SECONDS);
        try {
            long end = began + TimeUnit.SECONDS.toNanos(plan.seconds());
            for (long last = System.nanoTime(); last < end; ) {
                if (!server.isAlive()) {
                    throw new IllegalStateException("the server died: " + server.output());
                }
                Map<Integer, Long> sockets = KernelSockets.waitingBytes(server.port());
                long now = System.nanoTime();
                tally.lookNanos.accumulate(now - last);
                last = now;
                ask(reactor, () -> look(sockets, now, reactor, url, proxy));
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } finally {
            sampler.shutdown();
            sampler.awaitTermination(SETTLE_SECONDS, TimeUnit.SECONDS);
        }
        sample(server, began);
    }

    private void sample(ServerProcess server, long began) {
        Sample sample = Sample.of(server, secondsSince(began));
        samples.add(sample);
        System.out.println("soak: " + sample + ", " + tally);
    }

    /** Who was dropped makes room for another one that will stall. */
    private boolean look(Map<Integer, Long> sockets, long now, Reactor reactor, String url, ChaosProxy proxy) {
        for (StallWatch stall : List.copyOf(stalls)) {
            stall.look(sockets, now, tally);
            if (stall.isGone()) {
                stalls.remove(stall);
                readers.remove(stall.reader());
                stall.reader().forget();
                reader(reactor, url, proxy, stall()).connect();
            }
        }
        return true;
    }

    private boolean allHeard(long last) {
        return readers.stream()
                .filter(reader -> !reader.stalls() && !reader.isOver())
                .allMatch(reader -> reader.last() == last);
    }

    private boolean missing(long last) {
        for (Reader reader : readers) {
            if (!reader.stalls() && reader.last() != last) {
                tally.lost.addAndGet(last - reader.last());
                tally.note("a reader heard " + reader.last() + " as the last one of " + last);
            }
        }
        return true;
    }

    private static void dismiss(Reader reader) {
        if (reader.stalls()) {
            reader.forget();
        } else if (reader.isOpen()) {
            reader.leave();
        }
    }

    private static int serverConnections(ServerProcess server) {
        try {
            return KernelSockets.waitingBytes(server.port()).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long secondsSince(long began) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    }

    /** {@return the bytes of the answer to an upgrade} They are the same each time. */
    private static int answerBytes(Reactor reactor, String url) throws Exception {
        CompletableFuture<Integer> bytes = new CompletableFuture<>();
        Peer probe = new Peer(reactor, url, ConnectionOptions.defaults()) {
            @Override
            void connected(int localPort) {}

            @Override
            void opened() {
                bytes.complete(answerBytes());
                connection().close(1000, null);
            }

            @Override
            void ended(@Nullable CloseEvent event, @Nullable Exception failure) {
                if (failure != null) {
                    bytes.completeExceptionally(failure);
                }
            }
        };
        reactor.execute(probe::connect);
        return bytes.get(10, TimeUnit.SECONDS);
    }

    /** What only the reactor's thread may look at. */
    private static <T> T ask(Reactor reactor, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        reactor.execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the clients do not answer", e);
        }
    }

    /** Waits for a condition; what does not come about in time stands in the report and stops nothing. */
    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        System.out.println("soak: waiting for " + what);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                tally.hangs.incrementAndGet();
                tally.note("waited in vain for " + what);
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}

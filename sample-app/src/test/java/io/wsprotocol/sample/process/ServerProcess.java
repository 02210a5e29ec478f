package io.wsprotocol.sample.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server in a JVM of its own, and what its operating system and {@code jcmd} tell about it. Needs Linux and a JDK. Thread-safe.
 */
public final class ServerProcess implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(300);
    private static final Pattern STARTED =
            Pattern.compile("(?:(?:Tomcat|Jetty|Netty) started on port |listening on )(\\d+)");
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern JVM_THREAD = Pattern.compile("^(G1|GC|C1|C2|VM|Attach|Sweeper)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    private final Process process;
    private final Path log;
    private final int port;

    private ServerProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /**
     * {@return a server that listens}
     *
     * @param classPath of its JVM
     * @param jvm flags of its JVM
     * @param main its class
     * @param arguments of it; it prints the port that it listens on
     * @throws IOException when it does not start
     */
    public static ServerProcess start(String classPath, List<String> jvm, String main, List<String> arguments)
            throws IOException {
        Path log = Files.createTempFile("server", ".log");
        List<String> command = new ArrayList<>(List.of(tool("java"), "-cp", classPath));
        command.addAll(jvm);
        command.add(main);
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            return new ServerProcess(process, log, awaitPort(process, log));
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** {@return the class path of this JVM without the places of some classes} */
    public static String classPathWithout(Class<?>... classes) {
        List<String> entries =
                new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
        for (Class<?> without : classes) {
            entries.remove(Path.of(without.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    private static int awaitPort(Process process, Path log) throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (process.isAlive() && System.nanoTime() < deadline) {
            Matcher started = STARTED.matcher(Files.readString(log));
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
            try {
                process.waitFor(100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IOException("the server did not start: " + Files.readString(log));
    }

    /** {@return where it listens on the loopback address} */
    public int port() {
        return port;
    }

    /** {@return what it has printed} */
    public String output() throws IOException {
        return Files.readString(log);
    }

    /** {@return whether it runs} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** {@return the processor time it has used, by all its threads} */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** {@return the bytes of live objects, after a full collection} */
    public long liveHeap() throws IOException {
        return number(TOTAL, jcmd("GC.class_histogram"));
    }

    /** {@return how many threads it has, without those of the JVM itself, whose number varies} */
    public long threads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", pid(), "task"))) {
            return tasks.filter(task -> !JVM_THREAD.matcher(name(task)).find()).count();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            // Gone since it was listed.
            return "GC";
        }
    }

    /** {@return the bytes of its resident set} */
    public long resident() throws IOException {
        return 1024 * number(RESIDENT, Files.readString(Path.of("/proc", pid(), "status")));
    }

    /** {@return how many file descriptors it has open} */
    public long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", pid(), "fd"))) {
            return open.count();
        }
    }

    /** Ends it at once, as a machine does that loses its power: nothing in it runs any more when this returns. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Tells it to end in good order (SIGTERM), and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** {@return whether it has ended within a time} */
    public boolean hasEndedWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends it in good order, or by force. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String pid() {
        return Long.toString(process.pid());
    }

    private String jcmd(String command) throws IOException {
        Process asked = new ProcessBuilder(
                        tool("jcmd"), "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", pid(), command)
                .redirectErrorStream(true)
                .start();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("expected " + pattern + " in: " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }
}

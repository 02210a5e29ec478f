package io.wsprotocol.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs every row of {@code PERFORMANCE.md} and prints it as Markdown. All codecs of a row run one after the other, each in a JVM of
 * its own, so that a ratio compares neighbours in time.
 *
 * <p>Arguments choose rows: a row runs when its title contains the words of one of them, as in {@code "receive server ascii"}; none
 * means all, which takes about an hour.
 *
 * <p>{@code quick} as the first argument runs all in half of that: ours and the straight-line code as carefully as ever, the peers with
 * fewer iterations, and a peer of which the same work on a message of another size took ten times ours with the fewest that say
 * something.
 */
public final class PerformanceTable {

    private static final List<String> CODECS =
            List.of("ours", "straw", "netty", "tomcat", "jetty", "undertow", "java-websocket", "tyrus");
    private static final List<String> FIRST = List.of("ours", "straw");
    /** Whole codecs. Of Undertow only two parts can be driven. */
    private static final List<String> PEERS = List.of("netty", "tomcat", "jetty", "java-websocket", "tyrus");

    private static final String QUICK = "quick";
    private static final TimeValue ITERATION = TimeValue.milliseconds(400);
    private static final Effort CAREFUL = new Effort(3, 3, ITERATION);
    private static final Effort SHORT = new Effort(2, 2, TimeValue.milliseconds(250));
    private static final Effort SHORTEST = new Effort(1, 1, TimeValue.milliseconds(250));
    /** From this factor on, a peer's figure need not be exact. */
    private static final double FAR = 10;
    /** The compiler works in the foreground: else a busy machine measures the interpreter. */
    private static final String COMPILE_FIRST = "-Xbatch";

    private PerformanceTable() {}

    /** One line of the table. */
    private record Row(Class<? extends Workload> benchmark, String work, String role, String kind, int size) {

        /** {@return what rows have in common whose messages only differ in size} */
        String family() {
            return work + " " + role + " " + kind;
        }

        String title() {
            return family() + " " + size;
        }
    }

    /** How long a cell is measured. */
    private record Effort(int warmups, int measurements, TimeValue iteration) {}

    /** What one codec needs for one operation. */
    private record Cost(double nanos, double bytes) {}

    /**
     * Prints the table to the standard output.
     *
     * @param args parts of titles; none for all rows
     */
    public static void main(String[] args) throws RunnerException {
        PrintStream out = System.out;
        out.println("| work | " + String.join(" | ", CODECS) + " | ours / straw | best peer / ours | ours B/op |");
        out.println("|---|" + "---|".repeat(CODECS.size() + 3));
        boolean quick = args.length > 0 && args[0].equals(QUICK);
        String[] parts = quick ? Arrays.copyOfRange(args, 1, args.length) : args;
        Map<String, Set<String>> far = new HashMap<>();
        for (Row row : rows()) {
            if (isChosen(row, parts)) {
                Set<String> farBehind = far.computeIfAbsent(row.family(), family -> new HashSet<>());
                Map<String, Cost> costs = quick ? measureQuickly(row, farBehind) : measure(row, CODECS, CAREFUL);
                farBehind.addAll(farBehind(costs));
                out.println(line(row, costs));
                out.flush();
            }
        }
    }

    private static Map<String, Cost> measureQuickly(Row row, Set<String> farBehind) throws RunnerException {
        List<String> near = new ArrayList<>(CODECS);
        near.removeAll(FIRST);
        near.removeAll(farBehind);
        Map<String, Cost> costs = new HashMap<>(measure(row, FIRST, CAREFUL));
        costs.putAll(measure(row, near, SHORT));
        costs.putAll(measure(row, List.copyOf(farBehind), SHORTEST));
        return costs;
    }

    private static Set<String> farBehind(Map<String, Cost> costs) {
        Cost ours = costs.get("ours");
        Set<String> far = new HashSet<>();
        if (ours != null) {
            costs.forEach((codec, cost) -> {
                if (!FIRST.contains(codec) && cost.nanos() > FAR * ours.nanos()) {
                    far.add(codec);
                }
            });
        }
        return far;
    }

    private static boolean isChosen(Row row, String[] parts) {
        for (String part : parts) {
            if ((" " + row.title() + " ").contains(" " + part + " ")) {
                return true;
            }
        }
        return parts.length == 0;
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String role : List.of("server", "client")) {
            for (String kind : List.of(Payloads.ASCII, Payloads.MIXED, Payloads.BINARY)) {
                for (int size : new int[] {16, 125, 1024, 16_384, 1_048_576}) {
                    rows.add(new Row(ReceiveBenchmark.class, "receive", role, kind, size));
                }
            }
            for (int size : new int[] {16, 125, 1024, 16_384, 1_048_576}) {
                rows.add(new Row(SendBenchmark.class, "send", role, Payloads.BINARY, size));
            }
            rows.add(new Row(BatchBenchmark.class, "batch", role, Payloads.BINARY, 16));
            rows.add(new Row(BatchBenchmark.class, "batch", role, Payloads.ASCII, 125));
            rows.add(new Row(FragmentedBenchmark.class, "fragmented", role, Payloads.ASCII, 16_384));
            rows.add(new Row(EchoBenchmark.class, "echo", role, Payloads.ASCII, 125));
            rows.add(new Row(EchoBenchmark.class, "echo", role, Payloads.BINARY, 1024));
        }
        return rows;
    }

    private static Map<String, Cost> measure(Row row, List<String> codecs, Effort effort) throws RunnerException {
        if (codecs.isEmpty()) {
            return Map.of();
        }
        Options options = new OptionsBuilder()
                .include(row.benchmark().getName() + "\\.")
                .param("codec", codecs.toArray(String[]::new))
                .param("role", row.role())
                .param("kind", row.kind())
                .param("size", Integer.toString(row.size()))
                .forks(1)
                .jvmArgsAppend(COMPILE_FIRST)
                .warmupIterations(effort.warmups())
                .warmupTime(effort.iteration())
                .measurementIterations(effort.measurements())
                .measurementTime(effort.iteration())
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTimeProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        Map<String, Cost> costs = new HashMap<>();
        for (RunResult result : results) {
            Map<String, ? extends Result<?>> secondary = secondary(result);
            costs.put(
                    result.getParams().getParam("codec"),
                    new Cost(score(secondary, CpuTimeProfiler.CPU_TIME), score(secondary, "gc.alloc.rate.norm")));
        }
        return costs;
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // JMH declares raw types
    private static Map<String, ? extends Result<?>> secondary(RunResult result) {
        return (Map) result.getSecondaryResults();
    }

    private static double score(Map<String, ? extends Result<?>> results, String name) {
        for (Map.Entry<String, ? extends Result<?>> entry : results.entrySet()) {
            if (entry.getKey().endsWith(name)) {
                return entry.getValue().getScore();
            }
        }
        return Double.NaN;
    }

    private static String line(Row row, Map<String, Cost> costs) {
        StringBuilder line = new StringBuilder("| ").append(row.title()).append(" | ");
        double best = Double.MAX_VALUE;
        for (String codec : CODECS) {
            Cost cost = costs.get(codec);
            line.append(cost == null ? "–" : nanos(cost.nanos())).append(" | ");
            if (cost != null && PEERS.contains(codec)) {
                best = Math.min(best, cost.nanos());
            }
        }
        Cost ours = costs.get("ours");
        Cost straw = costs.get("straw");
        if (ours == null || straw == null) {
            return line.append("– | – | – |").toString();
        }
        return line.append(String.format(
                        Locale.ROOT,
                        "%.2f | %.1f | %.0f |",
                        ours.nanos() / straw.nanos(),
                        best / ours.nanos(),
                        ours.bytes()))
                .toString();
    }

    private static String nanos(double nanos) {
        return String.format(Locale.ROOT, nanos < 100 ? "%.1f" : "%,.0f", nanos);
    }
}

package io.wsprotocol.sample.load;

import io.wsprotocol.sample.process.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Prints the end-to-end tables of PERFORMANCE.md. Arguments choose: {@code throughput}, {@code containers}, {@code memory},
 * {@code meters}; all of them without any.
 */
public final class LoadTable {

    private static final String PATH = "/echo";
    private static final Pattern STACKS = Pattern.compile(System.getProperty("load.stacks", ""));
    private static final List<Stack> COMPARED = chosen(Stack.ENGINE, Stack.ENGINE_SERVLET, Stack.STOCK, Stack.NETTY);
    private static final List<Stack> CONTAINERS =
            chosen(Stack.JETTY, Stack.JETTY_STOCK, Stack.REACTIVE, Stack.REACTIVE_STOCK);
    private static final List<Work> CONTAINER_ROWS = List.of(
            new Work(100, 125, true, 8),
            new Work(100, 1 << 10, true, 8),
            new Work(100, 16 << 10, true, 4),
            new Work(100, 1 << 10, false, 8),
            new Work(100, 16 << 10, false, 4));
    private static final List<Work> ROWS = List.of(
            new Work(1, 16, true, 64),
            new Work(1, 1 << 10, true, 64),
            new Work(1, 16 << 10, true, 16),
            new Work(100, 16, true, 8),
            new Work(100, 125, true, 8),
            new Work(100, 1 << 10, true, 8),
            new Work(100, 16 << 10, true, 4),
            new Work(100, 1 << 10, false, 8),
            new Work(100, 16 << 10, false, 4),
            new Work(100, 125, true, 1),
            new Work(1_000, 125, true, 1),
            new Work(1_000, 16 << 10, true, 1),
            new Work(10_000, 125, true, 1));

    private static final int[] WARM_UP_BYTES = {16, 1 << 10, 16 << 10};
    private static final int IDLE_CONNECTIONS = 2_000;
    private static final int PAIRS = 7;

    private final long warmNanos = TimeUnit.MILLISECONDS.toNanos(Integer.getInteger("load.warmMillis", 2_000));
    private final long runNanos = TimeUnit.MILLISECONDS.toNanos(Integer.getInteger("load.runMillis", 3_000));
    private final Pattern rows = Pattern.compile(System.getProperty("load.rows", ""));
    private final int rounds = Integer.getInteger("load.rounds", 1);
    private final Map<Stack, ServerProcess> servers = new EnumMap<>(Stack.class);

    private LoadTable() {}

    /** Prints the tables that the arguments name. */
    public static void main(String[] arguments) throws IOException {
        List<String> tables =
                arguments.length == 0 ? List.of("throughput", "containers", "memory", "meters") : List.of(arguments);
        LoadTable table = new LoadTable();
        if (tables.contains("throughput")) {
            table.compare(COMPARED, () -> table.throughput(COMPARED, ROWS));
        }
        if (tables.contains("containers")) {
            table.compare(CONTAINERS, () -> table.throughput(CONTAINERS, CONTAINER_ROWS));
            table.memory(CONTAINERS);
        }
        if (tables.contains("meters")) {
            table.compare(List.of(Stack.ENGINE, Stack.ENGINE_UNMETERED), table::meters);
        }
        if (tables.contains("memory")) {
            table.memory(chosen(Stack.ENGINE, Stack.ENGINE_SERVLET, Stack.STOCK, Stack.STOCK_SMALL, Stack.NETTY));
        }
    }

    private void compare(List<Stack> stacks, Table table) throws IOException {
        try {
            for (Stack stack : stacks) {
                servers.put(stack, stack.start());
            }
            for (Stack stack : stacks) {
                warmUp(stack);
            }
            table.print();
        } finally {
            servers.values().forEach(ServerProcess::close);
            servers.clear();
        }
    }

    /**
     * Has a server's code compiled, for each kind of message. With few connections: the compiler's threads get as much of the processors as
     * any other thread, and among a hundred that is too little for them to be done in time.
     */
    private void warmUp(Stack stack) throws IOException {
        for (int round = 0; round < 2; round++) {
            for (int bytes : WARM_UP_BYTES) {
                for (boolean text : new boolean[] {true, false}) {
                    try (Load load = new Load(server(stack).port(), PATH, new Work(2, bytes, text, 4))) {
                        load.fill();
                        load.run(warmNanos / 2);
                        load.drain();
                    }
                }
            }
        }
    }

    /** The cells of a row run one after the other, so that all of them meet the same neighbours. */
    private void throughput(List<Stack> stacks, List<Work> works) {
        System.out.println();
        System.out.println(
                "Thousand messages per second of server CPU; messages per second on the wall; then p50 / p99 / p99.9 ms at a rate of");
        System.out.println("half of what the slowest stack does, from the time at which each message was to be sent");
        System.out.println();
        System.out.println("| connections × size, in flight | "
                + stacks.stream().map(Stack::title).collect(Collectors.joining(" | "))
                + " | " + stacks.stream().map(stack -> stack.title() + " ms").collect(Collectors.joining(" | "))
                + " |");
        System.out.println("|---".repeat(1 + 2 * stacks.size()) + "|");
        for (Work work : works) {
            if (!rows.matcher(work.toString()).find()) {
                continue;
            }
            List<Cell> cells = new ArrayList<>();
            for (Stack stack : stacks) {
                cells.add(best(stack, work));
            }
            double slowest = cells.stream()
                    .filter(cell -> cell != Cell.FAILED)
                    .mapToDouble(Cell::perSecond)
                    .min()
                    .orElse(0);
            List<String> latencies = new ArrayList<>();
            for (int i = 0; i < stacks.size(); i++) {
                latencies.add(cells.get(i) == Cell.FAILED ? "–" : latency(stacks.get(i), work, slowest / 2));
            }
            System.out.println("| " + work + " | "
                    + cells.stream().map(Cell::toString).collect(Collectors.joining(" | ")) + " | "
                    + String.join(" | ", latencies) + " |");
        }
    }

    /** The median of the rounds by CPU. */
    private Cell best(Stack stack, Work work) {
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            try {
                cells.add(measure(stack, work, warmNanos));
            } catch (IOException e) {
                failed(stack, work, e);
                return Cell.FAILED;
            }
        }
        cells.sort((a, b) -> Double.compare(a.perCpuSecond(), b.perCpuSecond()));
        return cells.get(cells.size() / 2);
    }

    private Cell measure(Stack stack, Work work, long warm) throws IOException {
        ServerProcess server = server(stack);
        try (Load load = new Load(server.port(), PATH, work)) {
            load.fill();
            load.run(warm);
            long cpu = server.cpu().toNanos();
            long start = System.nanoTime();
            long messages = load.run(runNanos);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (server.cpu().toNanos() - cpu) / 1e9;
            load.drain();
            return new Cell(messages / cpuSeconds, messages / seconds);
        }
    }

    /** A cell that fails is one that is not there: what failed is said, and the table goes on. */
    private static void failed(Stack stack, Work work, IOException why) {
        System.err.println(stack.title() + ", " + work + ": " + why.getMessage());
    }

    private String latency(Stack stack, Work work, double perSecond) {
        try (Load load = new Load(server(stack).port(), PATH, work)) {
            load.exchange(2);
            Histogram micros = load.atRate(perSecond, runNanos);
            return "%.2f / %.1f / %.1f"
                    .formatted(
                            micros.getValueAtPercentile(50) / 1e3,
                            micros.getValueAtPercentile(99) / 1e3,
                            micros.getValueAtPercentile(99.9) / 1e3);
        } catch (IOException e) {
            failed(stack, work, e);
            return "–";
        }
    }

    /** Pairs in turn, so that a neighbour who comes or goes meets both. */
    private void meters() throws IOException {
        System.out.println();
        System.out.println(
                "| connections × size, in flight | cost of meters, median of " + PAIRS + " pairs | all pairs |");
        System.out.println("|---|---|---|");
        for (Work work :
                List.of(new Work(100, 16, true, 8), new Work(100, 1 << 10, true, 8), new Work(100, 125, true, 1))) {
            double[] costs = new double[PAIRS];
            for (int i = 0; i < PAIRS; i++) {
                boolean first = i % 2 == 0;
                double one = measure(first ? Stack.ENGINE : Stack.ENGINE_UNMETERED, work, warmNanos)
                        .perCpuSecond();
                double other = measure(first ? Stack.ENGINE_UNMETERED : Stack.ENGINE, work, warmNanos)
                        .perCpuSecond();
                costs[i] = 1 - (first ? one / other : other / one);
            }
            Arrays.sort(costs);
            String all = Arrays.stream(costs)
                    .mapToObj(cost -> "%.1f %%".formatted(100 * cost))
                    .collect(Collectors.joining(", "));
            System.out.println("| " + work + " | " + "%.1f %%".formatted(100 * costs[PAIRS / 2]) + " | " + all + " |");
        }
    }

    private void memory(List<Stack> stacks) throws IOException {
        System.out.println();
        System.out.println(
                "| idle connection, of " + IDLE_CONNECTIONS + " after 20 messages each | heap | resident set |");
        System.out.println("|---|---|---|");
        for (Stack stack : stacks) {
            try (ServerProcess server = stack.start()) {
                try (Load load = new Load(server.port(), PATH, new Work(50, 125, true, 1))) {
                    load.exchange(100);
                }
                long heap = server.liveHeap();
                long resident = server.resident();
                try (Load load = new Load(server.port(), PATH, new Work(IDLE_CONNECTIONS, 125, true, 1))) {
                    load.exchange(20);
                    System.out.println("| %s | %,d B | %,d B |"
                            .formatted(
                                    stack.title(),
                                    (server.liveHeap() - heap) / IDLE_CONNECTIONS,
                                    (server.resident() - resident) / IDLE_CONNECTIONS));
                }
            }
        }
    }

    private static List<Stack> chosen(Stack... stacks) {
        return Stream.of(stacks)
                .filter(stack -> STACKS.matcher(stack.title()).find())
                .toList();
    }

    private ServerProcess server(Stack stack) {
        ServerProcess server = servers.get(stack);
        if (server == null) {
            throw new IllegalStateException(stack + " does not run");
        }
        return server;
    }

    /** What a server did in one cell. */
    private record Cell(double perCpuSecond, double perSecond) {

        static final Cell FAILED = new Cell(0, 0);

        @Override
        public String toString() {
            return this == FAILED ? "–" : "%.1f (%,.0f)".formatted(perCpuSecond / 1e3, perSecond);
        }
    }

    /** Prints a table. */
    @FunctionalInterface
    private interface Table {
        void print() throws IOException;
    }
}

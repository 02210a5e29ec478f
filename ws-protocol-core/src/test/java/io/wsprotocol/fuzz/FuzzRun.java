package io.wsprotocol.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs Jazzer over the harnesses, one process each, beginning with the committed corpus. Profile {@code fuzz} starts it:
 *
 * <pre>
 * mvn -Pfuzz -pl ws-protocol-core test-compile exec:exec -Dfuzz.target=ServerDecode -Dfuzz.seconds=60
 * </pre>
 *
 * Without a target all take their turn. {@code -Dfuzz.runs=100000000} ends a run by its count instead; what a run found stays in
 * {@code target/fuzz/<harness>/corpus} and is gone on with by the next. An input that fails lies beside it, and belongs into the
 * committed corpus when the fault is mended.
 */
public final class FuzzRun {

    private static final Path HOME = Path.of("target", "fuzz");

    private FuzzRun() {}

    /** Runs the targets that the system properties name, and fails when one of them found something. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String wanted = System.getProperty("fuzz.target", "");
        int tried = 0;
        for (Harness harness : Harness.values()) {
            if (wanted.isEmpty() || wanted.equals(harness.target().getSimpleName())) {
                tried++;
                fuzz(harness, unpack(harness));
            }
        }
        if (tried == 0) {
            throw new IllegalArgumentException("no harness " + wanted);
        }
    }

    private static Path unpack(Harness harness) throws IOException {
        Path folder = HOME.resolve(harness.target().getSimpleName());
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        int number = 0;
        for (byte[] input : Corpus.of(harness)) {
            Files.write(corpus.resolve("committed-" + number++), input);
        }
        return folder;
    }

    private static void fuzz(Harness harness, Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-StackTraceInThrowable", // what a harness refuses on its way costs less without
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + harness.target().getName(),
                "--instrumentation_includes=io.wsprotocol.**",
                "--instrumentation_excludes=io.wsprotocol.fuzz.**",
                "--trace=cov",
                "--custom_hook_includes=none.**",
                "--mutator_framework=false",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + '/',
                "-max_len=" + harness.mostBytes(),
                "-len_control=0",
                "-reload=0",
                "-entropic=0", // counting how rare each branch is takes nine tenths of so short a run
                "-reduce_inputs=0",
                "-print_final_stats=1",
                "-max_total_time=" + System.getProperty("fuzz.seconds", "60"),
                "-runs=" + System.getProperty("fuzz.runs", "-1"),
                folder.resolve("corpus").toString()));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(harness.target().getSimpleName() + " ended with status " + status
                    + "; the input is in " + folder + ", it belongs into the corpus");
        }
    }
}

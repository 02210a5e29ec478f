package io.wsprotocol.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.conformance.StreamCorpus;
import io.wsprotocol.differential.Reading.End;
import io.wsprotocol.fixture.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The same streams through Netty, Tyrus, Java-WebSocket and ours (T22). What they disagree on stands in {@code differential-ledger.csv}, one
 * line for each class, with the section that decides it: a disagreement without a line fails the build, and so does a line that nothing needs.
 */
@Tag("sweep")
class DifferentialTests {

    private static final int SAMPLE = 2_400;
    private static final int MANY = Integer.getInteger("streams", 2_000_000);
    /** Where they begin, so that many can be had in turns. */
    private static final int FIRST = Integer.getInteger("first.stream", SAMPLE);

    private final Decoder ours = new EngineDecoder();
    private final Map<String, Decoder> peers = new LinkedHashMap<>();
    private final Set<String> ledger = ledger();

    DifferentialTests() {
        peers.put("Netty", new NettyDecoder());
        peers.put("Tyrus", new TyrusDecoder());
        peers.put("Java-WebSocket", new JavaWebSocketDecoder());
    }

    @Test
    void everyDisagreementIsExplainedAndEveryExplanationIsNeeded() {
        Map<String, String> found = new TreeMap<>();
        for (boolean server : new boolean[] {true, false}) {
            TargetedStreams.of(server).forEach(stream -> compare(server, stream, found));
        }
        generated(0, SAMPLE, found);
        requireExplained(found);
        Set<String> needless = new TreeSet<>(ledger);
        needless.removeAll(found.keySet());
        assertThat(needless).as("lines of the ledger that no stream needs").isEmpty();
    }

    @Test
    @Tag("slow")
    void everyDisagreementOverManyStreamsIsExplained() {
        Map<String, String> found = new TreeMap<>();
        generated(FIRST, FIRST + MANY, found);
        requireExplained(found);
    }

    private void requireExplained(Map<String, String> found) {
        Map<String, String> unexplained = new TreeMap<>(found);
        unexplained.keySet().removeAll(ledger);
        assertThat(unexplained).as("disagreements without a line in the ledger").isEmpty();
    }

    private void generated(int from, int to, Map<String, String> found) {
        for (int number = from; number < to; number++) {
            StreamCorpus.Stream stream = StreamCorpus.stream(number);
            compare(stream.server(), stream.bytes(), found);
        }
    }

    /** Adds the classes of disagreement over the stream that were not found before, each with this stream as its example. */
    private void compare(boolean server, byte[] stream, Map<String, String> found) {
        Reading right = ours.read(server, stream);
        peers.forEach((name, peer) -> {
            Reading other = peer.read(server, stream);
            String difference = difference(right, other);
            if (difference != null) {
                found.computeIfAbsent(
                        name + ";" + difference,
                        key -> (server ? "server " : "client ") + example(stream) + "\n  ours " + right + "\n  theirs "
                                + other);
            }
        });
    }

    private static String example(byte[] stream) {
        String hex = Wire.hex(stream);
        return hex.length() > 400 ? hex.substring(0, 400) + "..." : hex;
    }

    /** {@return what ours does and what the other does instead, or null when both do the same} */
    private static @Nullable String difference(Reading right, Reading other) {
        boolean bothRefuse = right.end() != End.CONTENT && other.end() != End.CONTENT;
        boolean bothContent = right.end() == End.CONTENT && other.end() == End.CONTENT;
        if (right.events().equals(other.events()) && (bothContent || (bothRefuse && other.end() != End.BROKEN))) {
            return null;
        }
        if (right.end() != End.CONTENT && other.end() == End.BROKEN) {
            return "refuses;breaks with " + other.cause();
        }
        if (right.end() != End.CONTENT && right.events().equals(other.events())) {
            return "refuses;waits for more";
        }
        if (!right.awaited().isEmpty()
                && other.end() == End.REFUSED
                && right.events().equals(other.events())) {
            return "waits for the rest of " + right.awaited() + ";refuses";
        }
        return ours(right, other) + ";" + theirs(right, other);
    }

    private static String ours(Reading right, Reading other) {
        if (right.end() != End.CONTENT) {
            return right.cause();
        }
        List<String> before =
                right.events().subList(0, Math.max(0, right.events().size() - 1));
        boolean inTheClose = right.closed()
                && other.events().size() >= before.size()
                && other.events().subList(0, before.size()).equals(before);
        return inTheClose
                ? "takes " + right.events().get(before.size()).replaceAll("(close \\d+) .*", "$1")
                : "takes it";
    }

    private static String theirs(Reading right, Reading other) {
        if (other.end() == End.BROKEN) {
            return "breaks with " + other.cause();
        }
        int common = Math.min(right.events().size(), other.events().size());
        boolean alike = right.events().subList(0, common).equals(other.events().subList(0, common));
        if (right.end() != End.CONTENT
                && alike
                && other.events().size() >= right.events().size()) {
            return "goes on";
        }
        return other.end() == End.REFUSED ? "refuses" : "delivers something else";
    }

    private static Set<String> ledger() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(DifferentialTests.class.getResourceAsStream("/differential-ledger.csv")),
                StandardCharsets.UTF_8))) {
            List<String> lines = reader.lines()
                    .filter(line -> !line.startsWith("#") && !line.startsWith("peer;"))
                    .toList();
            assertThat(lines)
                    .allMatch(line -> line.matches("[^;]+;[^;]+;[^;]+;RFC 6455 §[^;]+;(ours|theirs|both);[^;]+"));
            return lines.stream()
                    .map(line -> String.join(";", List.of(line.split(";")).subList(0, 3)))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

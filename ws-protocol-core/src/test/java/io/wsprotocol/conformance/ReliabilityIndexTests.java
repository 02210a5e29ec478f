package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds RELIABILITY.md to the truth: every test that it names exists, and every advisory and limit in it names one. */
class ReliabilityIndexTests {

    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z0-9]*Tests)\\.([a-z][A-Za-z0-9]*)`");

    private final Path project =
            Path.of("").toAbsolutePath().endsWith("ws-protocol-core") ? Path.of("..") : Path.of("");
    private final String document = read(project.resolve("ws-protocol-core/RELIABILITY.md"));
    private final Map<String, String> sources = sources();

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> sources() {
        Map<String, String> found = new HashMap<>();
        for (String module : List.of("ws-protocol-core", "ws-protocol-spring-boot-starter", "sample-app")) {
            try (Stream<Path> files = Files.walk(project.resolve(module).resolve("src/test/java"))) {
                files.filter(file -> file.toString().endsWith("Tests.java"))
                        .forEach(file -> found.merge(
                                file.getFileName().toString().replace(".java", ""), read(file), String::concat));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private List<MatchResult> named(String text) {
        return NAMED.matcher(text).results().toList();
    }

    /** The rows of the table under that heading. */
    private List<String> rows(String heading) {
        String section = document.substring(document.indexOf("## " + heading));
        return section.lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .toList();
    }

    @Test
    void everyTestThatIsNamedExists() {
        List<MatchResult> named = named(document);
        assertThat(named).hasSizeGreaterThan(100);
        for (MatchResult test : named) {
            assertThat(sources).as(test.group()).containsKey(test.group(1));
            assertThat(sources.get(test.group(1))).as(test.group()).containsPattern("void " + test.group(2) + "\\(");
        }
    }

    @Test
    void everyAdvisoryNamesATest() {
        List<String> advisories = rows("Advisories");
        assertThat(advisories).hasSizeGreaterThan(50);
        assertThat(advisories).allSatisfy(row -> assertThat(named(row)).as(row).isNotEmpty());
    }

    @Test
    void everyLimitNamesATest() {
        List<String> limits = rows("Limits");
        assertThat(limits).hasSizeGreaterThan(20);
        assertThat(limits).allSatisfy(row -> assertThat(named(row)).as(row).isNotEmpty());
    }
}

package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ties every row of the requirement checklist ({@code requirements.csv}) to the tests that try it, by their tags: in scope and tried, or
 * open and why. A tag ends with what its test tries of the row: {@code +} the rule is kept and all goes on, {@code -} the rule is broken, or its
 * condition is not met, and what follows is right. Each row in scope has both; one that can have only one of them says so. What is neither
 * fails the build.
 */
class RequirementTraceTests {

    private static final int ROWS = 285;
    private static final Set<String> IN_SCOPE = Set.of("core", "starter");
    private static final Set<String> OPEN = Set.of("adapter", "later");
    private static final Pattern ROW_TAG = Pattern.compile("(R(?:6455|7692|8441)-[A-Z]-\\d\\d)([+]?-?)");
    private static final Pattern TAG_IN_SOURCE = Pattern.compile("@Tag\\(\"(R\\d{4}-[^\"]*)\"\\)");

    /** One row: its id, and where it is tried or why it is not. */
    private record Row(String id, String where, String why) {

        static Row of(String line) {
            String[] cells = line.split(";", -1);
            assertThat(cells).as(line).hasSize(5);
            return new Row(cells[0], cells[3], cells[4]);
        }

        boolean inScope() {
            return IN_SCOPE.contains(where);
        }

        /** Whether tests of this sense, {@code +} or {@code -}, can exist: all but what the reason begins with is left out. */
        boolean needs(String sense) {
            return inScope() && (why.isEmpty() || why.startsWith(sense + " "));
        }

        /** The RFC that a tag names: permessage-deflate and HTTP/2 have their own. */
        String tag() {
            return switch (id.charAt(0)) {
                case 'P' -> "R7692-" + id;
                case 'H' -> "R8441-" + id;
                default -> "R6455-" + id;
            };
        }
    }

    private final Map<String, Row> rows = rows();
    private final Set<String> kept = new TreeSet<>();
    private final Set<String> broken = new TreeSet<>();
    private final Set<String> tags = new TreeSet<>();

    RequirementTraceTests() {
        scan();
    }

    @Test
    void everyRowIsListedOnceAndSaysWhereItIsTried() {
        assertThat(rows).hasSize(ROWS);
        assertThat(rows.values()).allSatisfy(row -> {
            assertThat(row.inScope() || OPEN.contains(row.where)).as(row.id).isTrue();
            assertThat(row.why)
                    .as("%s says why it is open, or why one sense alone exists", row.id)
                    .matches(row.inScope() ? "([+-] \\S.*)?" : "\\w.*");
        });
    }

    @Test
    void everyRowInScopeHasATestInWhichItIsKept() {
        assertThat(without(tagsOf(row -> row.needs("+")), kept))
                .as("rows in scope without a test whose tag ends with +")
                .isEmpty();
    }

    @Test
    void everyRowInScopeHasATestInWhichItIsBroken() {
        assertThat(without(tagsOf(row -> row.needs("-")), broken))
                .as("rows in scope without a test whose tag ends with -")
                .isEmpty();
    }

    @Test
    void noRowHasTestsOfASenseThatItIsSaidNotToHave() {
        Set<String> tried = tagsOf(row -> row.inScope() && !row.needs("+"));
        tried.retainAll(kept);
        Set<String> triedWrongly = tagsOf(row -> row.inScope() && !row.needs("-"));
        triedWrongly.retainAll(broken);
        tried.addAll(triedWrongly);
        assertThat(tried).as("rows with both after all: take their reason away").isEmpty();
    }

    @Test
    void noOpenRowHasATest() {
        Set<String> open = tagsOf(row -> !row.inScope());
        open.retainAll(tags);
        assertThat(open).as("open rows that are tried: move them into scope").isEmpty();
    }

    @Test
    void everyTagNamesARow() {
        assertThat(without(tags, tagsOf(row -> true))).as("tags of no row").isEmpty();
    }

    @Test
    void theScanSeesClassesMethodsAndTheOtherModules() {
        // Each of these stands in one kind of place only; without it a broken scan could pass as "no tags, no faults"
        assertThat(without(Set.of("R6455-F-29", "R6455-F-09", "R6455-Q-07"), tags))
                .isEmpty();
        assertThat(tags.size()).isGreaterThan(ROWS / 2);
    }

    private Set<String> tagsOf(Predicate<Row> which) {
        return rows.values().stream().filter(which).map(Row::tag).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        Path list = testClasses().resolve("requirements.csv");
        for (String line : lines(list)) {
            if (!line.startsWith("#") && !line.startsWith("id;")) {
                Row row = Row.of(line);
                assertThat(rows.put(row.id, row)).as("%s stands twice", row.id).isNull();
            }
        }
        return rows;
    }

    private void scan() {
        files(testClasses(), ".class").forEach(this::addCompiled);
        Path modules = moduleDirectory().resolveSibling(".").normalize();
        for (String module : List.of("ws-protocol-spring-boot-starter", "sample-app")) {
            Path sources = modules.resolve(module).resolve("src/test/java");
            files(sources, ".java").forEach(this::addSource);
        }
    }

    private void addCompiled(Path file) {
        String name =
                testClasses().relativize(file).toString().replace('\\', '/').replace('/', '.');
        if (name.endsWith("package-info.class") || name.contains("jmh_generated")) {
            return;
        }
        try {
            Class<?> type = Class.forName(
                    name.substring(0, name.length() - ".class".length()),
                    false,
                    RequirementTraceTests.class.getClassLoader());
            add(type);
            Stream.of(type.getDeclaredMethods()).forEach(this::add);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private void add(AnnotatedElement element) {
        for (Tag tag : element.getAnnotationsByType(Tag.class)) {
            addRow(tag.value());
        }
    }

    private void addSource(Path file) {
        Matcher matcher = TAG_IN_SOURCE.matcher(String.join("\n", lines(file)));
        while (matcher.find()) {
            addRow(matcher.group(1));
        }
    }

    /** Tags such as {@code slow} or {@code V37} are of another kind; what looks like a row must be one, and say its sense. */
    private void addRow(String tag) {
        if (tag.matches("R\\d.*")) {
            Matcher parts = ROW_TAG.matcher(tag);
            assertThat(parts.matches() && !parts.group(2).isEmpty())
                    .as("%s names a row and ends with +, - or +-", tag)
                    .isTrue();
            tags.add(parts.group(1));
            if (parts.group(2).contains("+")) {
                kept.add(parts.group(1));
            }
            if (parts.group(2).contains("-")) {
                broken.add(parts.group(1));
            }
        }
    }

    private static Path testClasses() {
        try {
            return Path.of(RequirementTraceTests.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The module's directory: what Maven says, or where its test classes lie. */
    private static Path moduleDirectory() {
        String basedir = System.getProperty("basedir");
        return basedir == null ? testClasses().getParent().getParent() : Path.of(basedir);
    }

    private static List<Path> files(Path root, String ending) {
        try (Stream<Path> found = Files.walk(root)) {
            List<Path> files = new ArrayList<>(
                    found.filter(file -> file.toString().endsWith(ending)).toList());
            assertThat(files).as("%s under %s", ending, root).isNotEmpty();
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

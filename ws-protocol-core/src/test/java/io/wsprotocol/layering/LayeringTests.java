package io.wsprotocol.layering;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Holds the floors of the core and keeps sockets, threads, clocks, locks and loggers out of it. */
class LayeringTests {

    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Path CLASSES = Path.of("target", "classes");

    private static final String ROOT = "io.wsprotocol";
    private static final String WIRE = ROOT + ".wire..";
    private static final String HTTP = ROOT + ".http..";
    private static final String DEFLATE = ROOT + ".deflate..";
    private static final String DRIVER = ROOT + ".driver..";

    /**
     * The JDK, and annotations that only a compiler reads; neither is a runtime dependency of a user. {@code javax.crypto} is of
     * java.base too.
     */
    private static final String[] PLATFORM = {"java..", "javax.crypto..", "org.jspecify.annotations.."};

    /** What is loaded by its name, and only where the JVM was started with the Vector API. */
    private static final String VECTORS = ROOT + ".wire.Utf8Vectors";

    private static final JavaClasses ALL = new ClassFileImporter().importPath(CLASSES);
    private static final JavaClasses CORE =
            ALL.that(describe("not vectors", type -> !type.getName().equals(VECTORS)));

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CORE);
    }

    @Test
    void theCoreWasFound() {
        assertThat(CORE.contain(ROOT + ".package-info")).isTrue();
    }

    @Nested
    class Floors {

        private static void mayUse(String floor, String... lowerFloors) {
            String[] allowed = Stream.of(Stream.of(floor), Stream.of(lowerFloors), Stream.of(PLATFORM))
                    .flatMap(packages -> packages)
                    .toArray(String[]::new);
            check(classes().that().resideInAPackage(floor).should().onlyDependOnClassesThat(in(allowed)));
        }

        @Test
        void wireKnowsNothingOfOurs() {
            mayUse(WIRE);
        }

        @Test
        void vectorsAreAloneWithTheApiThatMayBeMissing() {
            assertThat(ALL.contain(VECTORS)).isTrue();
            classes()
                    .that()
                    .haveFullyQualifiedName(VECTORS)
                    .should()
                    .onlyDependOnClassesThat(in(WIRE, "java.lang..", "jdk.incubator.vector.."))
                    .check(ALL);
            noClasses()
                    .that()
                    .doNotHaveFullyQualifiedName(VECTORS)
                    .should()
                    .dependOnClassesThat(name(VECTORS).forSubtype())
                    .check(ALL);
        }

        @Test
        void httpKnowsNothingOfOurs() {
            mayUse(HTTP);
        }

        @Test
        void theEngineUsesWireAndHttp() {
            mayUse(ROOT, WIRE, HTTP);
        }

        @Test
        void deflateStandsAboveTheEngine() {
            mayUse(DEFLATE, ROOT, WIRE, HTTP);
        }

        @Test
        void theDriverStandsOnTop() {
            mayUse(DRIVER, DEFLATE, ROOT, WIRE, HTTP);
        }

        @Test
        void everyClassStandsOnAKnownFloor() {
            check(classes().should().resideInAnyPackage(ROOT, WIRE, HTTP, DEFLATE, DRIVER));
        }

        @Test
        void packagesHaveNoCycles() {
            check(slices().assignedFrom(new ByPackage()).should().beFreeOfCycles());
        }

        @Test
        void theApiShowsNoTypeOfWireOrHttp() {
            DescribedPredicate<HasModifiers> visible =
                    modifier(JavaModifier.PUBLIC).or(modifier(JavaModifier.PROTECTED));
            DescribedPredicate<JavaClass> hidden = in(WIRE, HTTP);
            DescribedPredicate<JavaClass> exported = in(ROOT, DEFLATE, DRIVER).and(modifier(JavaModifier.PUBLIC));

            check(noCodeUnits()
                    .that(visible)
                    .and()
                    .areDeclaredInClassesThat(exported)
                    .should()
                    .haveRawReturnType(hidden)
                    .orShould()
                    .haveRawParameterTypes(anyElementThat(hidden)));
            check(noFields()
                    .that(visible)
                    .and()
                    .areDeclaredInClassesThat(exported)
                    .should()
                    .haveRawType(hidden));
        }

        @Test
        void onlyTheUpperFloorsAreExportedAndNothingIsRequiredAtRunTime() throws IOException {
            try (InputStream descriptor = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
                ModuleDescriptor module = ModuleDescriptor.read(descriptor);

                assertThat(module.exports())
                        .extracting(ModuleDescriptor.Exports::source)
                        .isSubsetOf(ROOT, ROOT + ".deflate", ROOT + ".driver");
                assertThat(module.requires())
                        .filteredOn(
                                required -> !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                        .extracting(ModuleDescriptor.Requires::name)
                        .containsOnly("java.base");
            }
        }
    }

    @Nested
    class TheCoreHasNo {

        @Test
        void runtimeDependency() {
            check(classes()
                    .should()
                    .onlyDependOnClassesThat(in(Stream.concat(Stream.of(PLATFORM), Stream.of(ROOT + ".."))
                            .toArray(String[]::new))));
        }

        @Test
        void socketOrChannel() {
            never(in("java.net..", "java.nio.channels.."));
        }

        @Test
        void logger() {
            never(in("java.util.logging..", "org.slf4j.."));
            check(NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        }

        @Test
        void predictableRandom() {
            never(type(Random.class)
                    .or(type(ThreadLocalRandom.class))
                    .or(type(SplittableRandom.class))
                    .or(in("java.util.random..")));
            neverCalls(targetOwner(type(Math.class)).and(target(name("random"))));
        }

        @Test
        void clock() {
            never(assignableTo(Clock.class).or(type(InstantSource.class)));
            neverCalls(targetOwner(type(System.class)).and(target(nameMatching("nanoTime|currentTimeMillis"))));
            neverCalls(targetOwner(in("java.time..")).and(target(name("now"))));
        }

        @Test
        void thread() {
            never(assignableTo(Thread.class).or(assignableTo(Executor.class)).or(type(Timer.class)));
        }

        @Test
        void lock() throws IOException {
            never(in("java.util.concurrent.locks.."));
            check(methods().should().notHaveModifier(JavaModifier.SYNCHRONIZED));
            // A synchronized block leaves no trace in the model of classes, so it is looked for in the sources.
            Pattern block = Pattern.compile("\\bsynchronized\\s*\\(");
            try (Stream<Path> files = Files.walk(SOURCES)) {
                assertThat(files.filter(file -> file.toString().endsWith(".java")))
                        .isNotEmpty()
                        .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContainPattern(block));
            }
        }

        @Test
        void regularExpression() {
            never(in("java.util.regex.."));
            neverCalls(
                    targetOwner(type(String.class)).and(target(nameMatching("split|matches|replaceAll|replaceFirst"))));
        }

        private static void never(DescribedPredicate<? super JavaClass> forbidden) {
            check(noClasses().should().dependOnClassesThat(forbidden));
        }

        private static void neverCalls(DescribedPredicate<? super JavaAccess<?>> forbidden) {
            check(noClasses().should().accessTargetWhere(forbidden));
        }
    }

    private static DescribedPredicate<JavaClass> in(String... packages) {
        return resideInAnyPackage(packages);
    }

    /** Every package is a slice of its own, the root package too. */
    private static final class ByPackage implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "one slice per package";
        }
    }
}

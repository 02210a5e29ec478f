package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.docs.KeyName;
import io.wsprotocol.spring.autoconfigure.WsProtocolProperties;
import io.wsprotocol.spring.metrics.HandleMeters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What README.md says is true. */
class ReadmeTests {

    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern CLASS = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);
    private static final String README = readme();

    @TempDir
    Path directory;

    @Test
    void everyJavaExampleCompiles() throws Exception {
        List<String> examples = blocks("java");

        assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
        for (String example : examples) {
            compile(example);
        }
    }

    @Test
    void theCoreExampleSendsAndReceives() throws Exception {
        String example = blocks("java").stream()
                .filter(source -> source.contains("class FirstMessage"))
                .findFirst()
                .orElseThrow();
        compile(example);

        assertThat(run("FirstMessage")).containsExactly("INDICATE_RECEIVE_COMPLETE Hello");
        assertThat(example.substring(example.indexOf("class ")).lines().filter(line -> !line.isBlank()))
                .hasSizeLessThanOrEqualTo(22);
    }

    @Test
    void thePropertiesAndTheirDefaultsAreThose() throws IOException {
        Map<String, String> written = new TreeMap<>();
        for (String[] cells : table("Properties")) {
            List<String> names = code(cells[0]);
            List<String> defaults = code(cells[1]);
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                String group = names.get(0).substring(0, names.get(0).lastIndexOf('.') + 1);
                String value = defaults.isEmpty() ? "none" : defaults.get(Math.min(i, defaults.size() - 1));
                written.put(name.startsWith(".") ? group + name.substring(1) : name, value);
            }
        }

        assertThat(written).isEqualTo(propertyDefaults());
    }

    @Test
    void theMetersAndTheirTagsAreThose() {
        Map<String, String> written = new TreeMap<>();
        for (String[] cells : table("Meters")) {
            String type = cells[1].contains(",") ? cells[1].substring(0, cells[1].indexOf(',')) : cells[1];
            for (String name : code(cells[0])) {
                written.put(name, type + " " + code(cells[2]));
            }
        }
        Map<String, String> meters = new TreeMap<>();
        for (HandleMeters meter : HandleMeters.values()) {
            List<String> tags =
                    Arrays.stream(meter.getKeyNames()).map(KeyName::asString).toList();
            meters.put(meter.getName(), meter.getType().name().toLowerCase(Locale.ROOT) + " " + tags);
        }

        assertThat(written).isEqualTo(meters);
    }

    /** The defaults in the metadata that IDEs read, {@code none} where there is none. */
    private static Map<String, String> propertyDefaults() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        for (URL file : Collections.list(
                ReadmeTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = file.openStream()) {
                Map<String, Object> metadata = JsonParserFactory.getJsonParser()
                        .parseMap(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                for (Object entry : (List<?>) metadata.get("properties")) {
                    Map<?, ?> property = (Map<?, ?>) entry;
                    String name = String.valueOf(property.get("name"));
                    Object value = property.get("defaultValue");
                    if (name.startsWith("ws-protocol.")) {
                        defaults.put(
                                name.substring("ws-protocol.".length()), value == null ? "none" : value.toString());
                    }
                }
            }
        }
        return defaults;
    }

    /** The rows of the first table of a section, each as its cells. */
    private static List<String[]> table(String section) {
        return README.substring(README.indexOf("## " + section))
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> line.substring(2).split(" ?\\| ?"))
                .toList();
    }

    private static List<String> code(String cell) {
        return CODE.matcher(cell).results().map(span -> span.group(1)).toList();
    }

    @Test
    void theYamlBindsWithoutALeftOver() throws Exception {
        MutablePropertySources sources = new MutablePropertySources();
        for (String yaml : blocks("yaml")) {
            ByteArrayResource resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8));
            for (PropertySource<?> source : new YamlPropertySourceLoader().load("block " + sources.size(), resource)) {
                sources.addLast(source);
            }
        }
        Binder binder = new Binder(
                ConfigurationPropertySources.from(sources), null, ApplicationConversionService.getSharedInstance());

        WsProtocolProperties properties = binder.bind(
                        "ws-protocol",
                        Bindable.of(WsProtocolProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .get();
        assertThat(properties.enabled()).isTrue();
    }

    @Test
    void theTwoCommandsStandThere() {
        assertThat(blocks("sh")).containsExactly("mvn -pl sample-app -am spring-boot:run\n", "mvn verify\n");
    }

    @Test
    void allThirteenFunctionsAreNamed() {
        assertThat(README)
                .contains(
                        "WebSocketCreateClientHandle",
                        "WebSocketCreateServerHandle",
                        "WebSocketBeginClientHandshake",
                        "WebSocketEndClientHandshake",
                        "WebSocketBeginServerHandshake",
                        "WebSocketEndServerHandshake",
                        "WebSocketSend",
                        "WebSocketReceive",
                        "WebSocketGetAction",
                        "WebSocketCompleteAction",
                        "WebSocketAbortHandle",
                        "WebSocketDeleteHandle",
                        "WebSocketGetGlobalProperty");
    }

    private static List<String> blocks(String language) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(README);
        while (matcher.find()) {
            if (matcher.group(1).equals(language)) {
                blocks.add(matcher.group(2));
            }
        }
        return blocks;
    }

    private void compile(String source) throws IOException {
        Matcher name = CLASS.matcher(source);
        assertThat(name.find()).as("a class in %s", source).isTrue();
        Path file = Files.writeString(directory.resolve(name.group(1) + ".java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            complaints,
                            files,
                            null,
                            List.of(
                                    "--release",
                                    "17",
                                    "-proc:none",
                                    "-d",
                                    directory.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
    }

    private List<String> run(String name) throws Exception {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] path = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Method main = loader.loadClass(name).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** The tests run in the module's directory, or in the project's when an IDE starts them. */
    private static String readme() {
        Path here = Path.of("README.md");
        try {
            return Files.readString(Files.exists(here) ? here : Path.of("..", "README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

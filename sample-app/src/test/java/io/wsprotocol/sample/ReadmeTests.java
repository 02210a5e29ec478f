package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.autoconfigure.WsProtocolProperties;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.List;
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
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What README.md says is true. */
class ReadmeTests {

    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
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

        assertThat(run("FirstMessage")).containsExactly("sent: context", "received: Hello");
    }

    @Test
    void theYamlBindsWithoutALeftOver() throws Exception {
        MutablePropertySources sources = new MutablePropertySources();
        for (String yaml : blocks("yaml")) {
            ByteArrayResource resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8));
            for (PropertySource<?> source : new YamlPropertySourceLoader().load("README.md", resource)) {
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

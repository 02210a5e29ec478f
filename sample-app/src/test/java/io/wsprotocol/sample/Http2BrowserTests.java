package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.server.ConnectionRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A real Chromium that opens its WebSockets over the HTTP/2 connection of the page (RFC 8441), which needs the sample on Jetty: {@code -Pjetty,browser}. */
@Tag("browser")
@EnabledIf("isHttp2There")
class Http2BrowserTests {

    private static final String PASSWORD = "of the test";

    /** Sends a text and bytes of 200,000 each and tells what came back, and with which code the connection closed. */
    private static final String EXCHANGE = """
            const [done] = arguments;
            const socket = new WebSocket(location.href.replace("http", "ws") + "echo");
            socket.binaryType = "arraybuffer";
            const back = [];
            socket.onopen = () => { socket.send("x".repeat(200000)); socket.send(new Uint8Array(200000)); };
            socket.onmessage = ({ data }) => {
                back.push(typeof data === "string" ? "text " + data.length : "binary " + data.byteLength);
                if (back.length === 2) socket.close(1000);
            };
            socket.onclose = ({ code }) => done(back.join(", ") + ", closed " + code);
            """;

    @TempDir
    Path directory;

    static boolean isHttp2There() {
        try {
            Class<?> found = Class.forName("org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory");
            return found != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void thePagesWebSocketsAreStreamsOfItsHttp2Connection() throws Exception {
        try (ConfigurableApplicationContext sample = new SpringApplicationBuilder(SampleApplication.class)
                .run(
                        "--server.port=0",
                        "--server.http2.enabled=true",
                        "--server.ssl.key-store=" + keyStore(),
                        "--server.ssl.key-store-password=" + PASSWORD)) {
            ChromeDriver browser = Chromium.start(directory.resolve("profile"), "--ignore-certificate-errors");
            try {
                browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
                browser.get("https://localhost:" + sample.getEnvironment().getProperty("local.server.port") + "/");
                new WebDriverWait(browser, Duration.ofSeconds(30))
                        .until(ExpectedConditions.textToBe(By.id("echo-state"), "connected"));

                assertThat(browser.executeScript(
                                "return performance.getEntriesByType('navigation')[0].nextHopProtocol"))
                        .isEqualTo("h2");
                assertThat(sample.getBean(ConnectionRegistry.class).connections())
                        .isNotEmpty()
                        .allMatch(
                                connection -> connection.shell().transportName().equals("jetty http/2"));
                assertThat(browser.executeAsyncScript(EXCHANGE)).isEqualTo("text 200000, binary 200000, closed 1000");
                assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                        .isEmpty();
            } finally {
                browser.quit();
            }
        }
    }

    private Path keyStore() throws IOException, InterruptedException {
        Path store = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        return store;
    }
}

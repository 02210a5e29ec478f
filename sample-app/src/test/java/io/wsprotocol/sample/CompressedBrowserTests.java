package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.deflate.CoderPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A real Chromium against the sample with compression on: what is agreed on, and messages compressed both ways. */
@Tag("browser")
class CompressedBrowserTests {

    /** Sends texts and bytes of each size to the echo, one after the other, and tells what was agreed and how many came back as they were. */
    private static final String ECHO = """
            const [sizes, done] = arguments;
            const socket = new WebSocket(location.href.replace("http", "ws") + "echo");
            socket.binaryType = "arraybuffer";
            const word = "Grüße, 世界 😀 and plain words. ";
            const messages = sizes.flatMap(size => [word.repeat(size), new TextEncoder().encode(word.repeat(size))]);
            const plain = data => typeof data === "string" ? data : "bytes " + new TextDecoder().decode(data);
            let same = 0, at = 0;
            socket.onopen = () => socket.send(messages[0]);
            socket.onmessage = ({ data }) => {
                same += plain(data) === plain(messages[at]);
                if (++at < messages.length) socket.send(messages[at]);
                else socket.close(1000);
            };
            socket.onclose = ({ code }) => done({ agreed: socket.extensions, same, code });
            """;

    private static final List<Integer> REPEATS = List.of(100, 100, 2_000, 20_000, 20_000);
    private static final int MESSAGES = 2 * REPEATS.size();

    @TempDir
    Path profile;

    @ParameterizedTest(name = "takeover {0}, windows 2^{1} and 2^{2}: {3}")
    @CsvSource({
        "false, 15, 15, permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "true, 15, 15, permessage-deflate",
        "true, 9, 10, permessage-deflate; client_max_window_bits=10",
    })
    void messagesAreCompressedInBothDirections(boolean takeover, int serverBits, int clientBits, String agreed) {
        try (ConfigurableApplicationContext sample = new SpringApplicationBuilder(SampleApplication.class)
                .run(
                        "--server.port=0",
                        "--ws-protocol.compression.enabled=true",
                        "--ws-protocol.compression.max-ratio=unlimited",
                        "--ws-protocol.compression.server-context-takeover=" + takeover,
                        "--ws-protocol.compression.client-context-takeover=" + takeover,
                        "--ws-protocol.compression.server-max-window-bits=" + serverBits,
                        "--ws-protocol.compression.client-max-window-bits=" + clientBits)) {
            ChromeDriver browser = Chromium.start(profile);
            try {
                browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
                browser.get("http://localhost:" + sample.getEnvironment().getProperty("local.server.port") + "/");
                CoderPool coders = sample.getBean(CoderPool.class);
                long inflated = coders.inflatedMessages();

                Object told = browser.executeAsyncScript(ECHO, REPEATS);

                assertThat(told).isEqualTo(Map.of("agreed", agreed, "same", (long) MESSAGES, "code", 1000L));
                // The page has sockets of its own, so there may be more than ours.
                assertThat(coders.inflatedMessages() - inflated).isGreaterThanOrEqualTo(MESSAGES);
                assertThat(coders.deflatedMessages()).isGreaterThanOrEqualTo(MESSAGES);
                // Text that repeats is a tenth even in windows of half a kilobyte, a little more or less by the zlib of
                // either side.
                assertThat(coders.bytesBeforeInflate()).isLessThan(coders.bytesAfterInflate() / 8);
                assertThat(coders.bytesAfterDeflate()).isLessThan(coders.bytesBeforeDeflate() / 8);
                assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                        .isEmpty();
            } finally {
                browser.quit();
            }
        }
    }
}

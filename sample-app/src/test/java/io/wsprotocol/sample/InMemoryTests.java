package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.test.AutoConfigureInMemoryWebSockets;
import io.wsprotocol.spring.test.Frame;
import io.wsprotocol.spring.test.FrameClient;
import io.wsprotocol.spring.test.InMemoryWebSockets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

/** The sample as it is tested without a port. */
@SpringBootTest(classes = SampleApplication.class)
@AutoConfigureInMemoryWebSockets
class InMemoryTests {

    @Autowired
    InMemoryWebSockets sockets;

    @Test
    void theEchoAnswersAndJudgesFrames() {
        try (FrameClient client = sockets.open("/echo")) {
            client.sendText("hello").expectText("hello");
            client.sendUnmasked(Frame.text("wrong")).expectClose(1002).expectEnd();
        }
    }

    @Test
    void aForeignPageIsRefused() {
        assertThat(sockets.handshake("/chat?name=eve")
                        .origin("https://evil.example")
                        .refused()
                        .status())
                .isEqualTo(403);
    }
}

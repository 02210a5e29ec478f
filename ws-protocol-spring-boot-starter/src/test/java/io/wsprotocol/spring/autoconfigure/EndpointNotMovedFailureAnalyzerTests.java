package io.wsprotocol.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.spring.EndpointNotMovedException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tests of {@link EndpointNotMovedFailureAnalyzer}. */
class EndpointNotMovedFailureAnalyzerTests {

    @Test
    void explainsWhichEndpointAndWhatToWrite() {
        FailureAnalysis analysis = new EndpointNotMovedFailureAnalyzer()
                .analyze(new IllegalStateException(
                        new EndpointNotMovedException("/echo", "its handshake handler is not Spring's")));
        assertThat(analysis.getDescription())
                .contains("'/echo'")
                .contains("its handshake handler is not Spring's")
                .contains("ws-protocol.spring.required");
        assertThat(analysis.getAction())
                .contains("  ws-protocol:\n    spring:\n      exclude-paths: \"/echo\"")
                .contains("      required: false");
    }
}

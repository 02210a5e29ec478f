package io.wsprotocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.fixture.AutobahnCase;
import io.wsprotocol.fixture.AutobahnSuite;
import io.wsprotocol.fixture.EchoServer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Autobahn suite's server cases against the engine and NIO, with nothing between them. Needs the profile {@code autobahn}. */
@Tag("autobahn")
class AutobahnTests {

    @Test
    void everyCaseIsStrictAndEveryCloseRight() throws Exception {
        AutobahnSuite suite = AutobahnSuite.configured();
        List<AutobahnCase> results;
        try (EchoServer server = EchoServer.start(0)) {
            results = suite.run("ws://127.0.0.1:" + server.port() + "/");
        }
        assertThat(results).hasSize(suite.expectedCases()).allMatch(AutobahnCase::passed);
    }
}

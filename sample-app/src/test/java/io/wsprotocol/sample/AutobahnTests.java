package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.fixture.AutobahnCase;
import io.wsprotocol.fixture.AutobahnSuite;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The Autobahn suite's server cases against the whole stack: Tomcat, Spring, starter, engine. Needs the profile {@code autobahn}. */
@SampleTest
@Tag("autobahn")
class AutobahnTests {

    @LocalServerPort
    private int port;

    @Test
    void everyCaseIsStrictAndEveryCloseRight() throws Exception {
        AutobahnSuite suite = AutobahnSuite.configured();

        List<AutobahnCase> results = suite.run("ws://127.0.0.1:" + port + WebSocketEndpoints.ECHO);

        assertThat(results).hasSize(suite.expectedCases()).allMatch(AutobahnCase::passed);
    }
}

package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.HandleState;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.DeadlineScheduler;
import io.wsprotocol.spring.SendOverflow;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellFactoryTests {

    private final DeadlineScheduler scheduler = new DeadlineScheduler();

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionThatCannotBeginLeavesNothing(boolean error) {
        ConnectionCaps caps = new ConnectionCaps(new ConnectionCaps.Settings(1, 1, 1), scheduler::now);
        ShellFactory factory = new ShellFactory(
                (role, transport) -> {
                    if (error) {
                        throw new NoClassDefFoundError("of the test");
                    }
                    throw new IllegalStateException("of the test");
                },
                scheduler,
                caps);
        ServerHandle handle = WebSocketHandle.createServer();
        handle.assumeHandshakeDone();
        SessionSettings settings =
                new SessionSettings(ConnectionOptions.defaults(), SendOverflow.BLOCK, Duration.ofSeconds(1));

        assertThatThrownBy(() -> factory.shell(
                        new ServerHandshakes.Answer.Accepted(101, handle, settings, null, List.of()),
                        new ScriptedTransport(1, Runnable::run),
                        new RecordingShellListener(),
                        "192.0.2.1"))
                .hasMessage("of the test");

        assertThat(caps.sessions()).isZero();
        assertThat(scheduler.size()).isZero();
        assertThat(handle.state()).isEqualTo(HandleState.DELETED);
    }
}

package io.wsprotocol.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Knows the owner of every buffer, queue slot and deadline of the connections that a test made through {@link ConnectionEnd}, and
 * ends the test red when one is not back at its end. Connections that still live then are aborted first. Found by JUnit for all tests.
 */
public final class ResourceLedger implements AfterEachCallback {

    private static final ThreadLocal<List<ConnectionEnd>> WATCHED = ThreadLocal.withInitial(ArrayList::new);

    /** Watches a connection until the end of the test. */
    static void watch(ConnectionEnd end) {
        WATCHED.get().add(end);
    }

    /** {@return the connections of the test that runs} */
    static List<ConnectionEnd> watched() {
        return List.copyOf(WATCHED.get());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<ConnectionEnd> ends = WATCHED.get();
        WATCHED.remove();
        // A test that failed has said enough, and its connections may be in any state.
        if (context.getExecutionException().isEmpty()) {
            ends.forEach(ResourceLedger::settle);
        }
    }

    /** Ends a connection and looks whether all is back. */
    static void settle(ConnectionEnd end) {
        WebSocketConnection connection = end.connection();
        if (!end.isClosed()) {
            connection.resumeReading();
            connection.abort();
            end.settle();
        }
        assertThat(connection.closeEvent()).as("the connection ends").isNotNull();
        end.source().verifyBalanced();
        assertThat(connection.queuedMessages()).as("queue slots").isZero();
        assertThat(connection.queuedBytes()).as("queued bytes").isZero();
        assertThat(connection.nextDeadline()).as("deadline").isEqualTo(WebSocketConnection.NO_DEADLINE);
        assertThat(connection.trySendText("too late", null)).isEqualTo(SendResult.CLOSED);
    }
}

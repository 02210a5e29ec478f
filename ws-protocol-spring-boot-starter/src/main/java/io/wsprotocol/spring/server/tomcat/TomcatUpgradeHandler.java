package io.wsprotocol.spring.server.tomcat;

import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.ShellStarter;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http11.upgrade.UpgradeInfo;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * What Tomcat calls about one upgraded socket. Tomcat makes it by reflection, hence public. Called under the lock of Tomcat's
 * socket wrapper.
 *
 * @since 0.1.0
 */
public final class TomcatUpgradeHandler implements InternalHttpUpgradeHandler {

    private final UpgradeInfo upgradeInfo = new UpgradeInfo();
    private @Nullable ShellStarter starter;
    private @Nullable SocketWrapperBase<?> wrapper;
    private @Nullable TomcatTransport transport;

    /** For Tomcat. */
    public TomcatUpgradeHandler() {}

    /** Sets what makes the shell. Called before {@link #init}. */
    void starter(ShellStarter shellStarter) {
        starter = shellStarter;
    }

    @Override
    public void setSocketWrapper(SocketWrapperBase<?> socketWrapper) {
        wrapper = socketWrapper;
    }

    @Override
    public void init(WebConnection connection) {
        if (starter == null || wrapper == null) {
            throw new IllegalStateException("not made by TomcatUpgrade");
        }
        TomcatTransport made = new TomcatTransport(wrapper, upgradeInfo);
        ConnectionShell shell = starter.start(made);
        made.shell(shell);
        transport = made;
        starter = null;
    }

    /**
     * Tomcat calls this once with {@code OPEN_READ} right after {@link #init}, which also takes frames that came together with the
     * request, and from then on for each {@code registerReadInterest}.
     */
    @Override
    public SocketState upgradeDispatch(SocketEvent event) {
        TomcatTransport to = transport;
        if (to == null) {
            return SocketState.CLOSED;
        }
        if (event == SocketEvent.OPEN_READ) {
            to.dispatchRead();
        } else if (event != SocketEvent.OPEN_WRITE) {
            to.dispatchFailure(event);
        }
        // SUSPENDED: Tomcat leaves it to us when to poll this socket again, so a peer that is not read costs nothing.
        return to.isClosed() ? SocketState.CLOSED : SocketState.SUSPENDED;
    }

    @Override
    public void destroy() {
        TomcatTransport to = transport;
        if (to != null) {
            to.taken(new EOFException("the container closed the connection"));
        }
    }

    @Override
    public UpgradeInfo getUpgradeInfo() {
        return upgradeInfo;
    }

    @Override
    public void timeoutAsync(long now) {
        // Time is the business of the connection's deadlines.
    }

    @Override
    public void setSslSupport(SSLSupport sslSupport) {
        // TLS was settled before the handshake; nobody asks about it later.
    }

    @Override
    public void pause() {
        // The listener pauses; connections go on until they are told to close.
    }

    /** {@return the failure that an event of Tomcat's stands for} */
    static IOException failureOf(SocketEvent event, @Nullable IOException known) {
        return known != null ? known : new IOException("Tomcat ended the connection: " + event);
    }
}

package io.wsprotocol.spring.server.jetty;

import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.TransportUpgrade;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.ee11.servlet.ServletCoreRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.TunnelSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.WebUtils;

/**
 * Takes sockets, and streams of HTTP/2, over from Jetty. Thread-safe.
 *
 * @since 0.1.0
 */
public final class JettyUpgrade implements TransportUpgrade {

    /** The name of its transports. */
    static final String NAME = "jetty native";
    /** The name of those that are streams. */
    static final String STREAM_NAME = "jetty http/2";

    /** Makes one. */
    public JettyUpgrade() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isNative() {
        return true;
    }

    @Override
    public boolean supports(HttpServletRequest request) {
        return WebUtils.getNativeRequest(request, ServletApiRequest.class) != null;
    }

    /** {@return what Jetty keeps of the pseudo-header field {@code :protocol}} */
    @Override
    public @Nullable String extendedConnect(HttpServletRequest request) {
        TunnelSupport tunnel = ServletCoreRequest.wrap(request).getTunnelSupport();
        return tunnel == null ? null : tunnel.getProtocol();
    }

    /** Jetty looks for the attribute once the response has left whole, which is after all filters are done. */
    @Override
    public void upgrade(HttpServletRequest request, ShellStarter starter) {
        Request core = ServletCoreRequest.wrap(request);
        Connector connector = core.getConnectionMetaData().getConnector();
        TunnelSupport tunnel = core.getTunnelSupport();
        // Over HTTP/1.1 there is one too, without a protocol.
        boolean stream = tunnel != null && tunnel.getProtocol() != null;
        EndPoint endPoint = stream
                ? tunnel.getEndPoint()
                : core.getConnectionMetaData().getConnection().getEndPoint();
        JettyConnection connection = new JettyConnection(endPoint, stream, connector.getExecutor(), starter);
        // What counts Jetty's connections counts this one too.
        connector.getEventListeners().forEach(connection::addEventListener);
        if (stream) {
            JettyStreamWindow.watch(connection, core.getConnectionMetaData());
        }
        core.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, connection);
    }
}

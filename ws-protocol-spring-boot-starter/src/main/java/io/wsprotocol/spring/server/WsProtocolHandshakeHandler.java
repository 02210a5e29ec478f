package io.wsprotocol.spring.server;

import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/**
 * Spring's handshake handler with the engine's strategy: give it to {@code setHandshakeHandler} to run one endpoint on the engine.
 * As thread-safe as Spring's.
 *
 * @since 0.1.0
 */
public class WsProtocolHandshakeHandler extends DefaultHandshakeHandler {

    /**
     * Makes one.
     *
     * @param strategy the engine's strategy
     */
    public WsProtocolHandshakeHandler(WsProtocolRequestUpgradeStrategy strategy) {
        super(strategy);
    }
}

package io.wsprotocol.spring.server;

/**
 * Makes the shell of a transport, as soon as its container has given the socket away.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ShellStarter {

    /**
     * {@return the shell that owns the transport from now on}
     *
     * @param transport the socket
     */
    ConnectionShell start(SocketTransport transport);
}

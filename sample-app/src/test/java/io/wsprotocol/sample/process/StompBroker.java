package io.wsprotocol.sample.process;

import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.ActiveMQServers;

/** An Artemis that speaks STOMP on a free port of the loopback address, and keeps nothing when it ends. Thread-safe. */
final class StompBroker implements AutoCloseable {

    private static final String ACCEPTOR = "stomp";

    private final ActiveMQServer server;

    private StompBroker(ActiveMQServer server) {
        this.server = server;
    }

    static StompBroker start() throws Exception {
        ConfigurationImpl configuration = new ConfigurationImpl();
        configuration
                .setPersistenceEnabled(false)
                .setSecurityEnabled(false)
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration(
                        ACCEPTOR, "tcp://127.0.0.1:0?protocols=STOMP;anycastPrefix=/queue/;multicastPrefix=/topic/");
        ActiveMQServer server = ActiveMQServers.newActiveMQServer(configuration, false);
        server.start();
        return new StompBroker(server);
    }

    int port() {
        return ((NettyAcceptor) server.getRemotingService().getAcceptor(ACCEPTOR)).getActualPort();
    }

    /** {@return how many messages a queue holds that nobody has acknowledged} */
    long held(String queue) {
        var found = server.locateQueue(SimpleString.of(queue));
        return found == null ? 0 : found.getMessageCount();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the broker does not stop", e);
        }
    }
}

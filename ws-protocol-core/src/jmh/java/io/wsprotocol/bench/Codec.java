package io.wsprotocol.bench;

/**
 * One WebSocket implementation that is driven in memory: bytes in, messages out, and back. What a driver leaves out or adds compared
 * with the others stands in its own comment. Not thread-safe: confine to one thread or guard with one lock.
 */
abstract class Codec {

    /**
     * {@return a codec by its name in the tables}
     *
     * @param name ours, straw, netty, tomcat, jetty, undertow, java-websocket or tyrus
     * @param server which role it plays
     */
    static Codec of(String name, boolean server) {
        return switch (name) {
            case "ours" -> new EngineCodec(server);
            case "straw" -> new StrawCodec(server);
            case "netty" -> new NettyCodec(server);
            case "tomcat" -> new TomcatCodec(server);
            case "jetty" -> new JettyCodec(server);
            case "undertow" -> new UndertowCodec(server);
            case "java-websocket" -> new JavaWebSocketCodec(server);
            case "tyrus" -> new TyrusCodec(server);
            default -> throw new IllegalArgumentException("no such codec: " + name);
        };
    }

    /**
     * Takes bytes as one or more reads bring them, copied from {@code wire} into the codec's own read buffer, and delivers the
     * messages in them, unmasked and verified.
     *
     * @param wire whole messages
     * @param length how many bytes of it
     * @return how much payload was delivered: bytes, or characters where the codec makes a String of text
     */
    abstract long receive(byte[] wire, int length) throws Exception;

    /**
     * Sends a binary message of one frame.
     *
     * @param payload left as it is
     * @return how many bytes a transport would have been given
     */
    abstract long send(byte[] payload) throws Exception;
}

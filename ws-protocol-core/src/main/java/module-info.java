/** The ws-protocol engine: WebSocket as functions of bytes and time, without a socket, a thread or a clock. */
module io.wsprotocol {
    exports io.wsprotocol;
    exports io.wsprotocol.deflate;
    exports io.wsprotocol.driver;

    requires static org.jspecify;
}

package io.wsprotocol.spring;

import io.wsprotocol.Action;
import io.wsprotocol.ActionQueue;
import io.wsprotocol.ActionType;
import io.wsprotocol.BufferType;
import io.wsprotocol.ClientHandle;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client and a server handle of one factory, open and joined in memory. */
public final class HandleExchange {

    private static final int WIRE_BYTES = 1 << 16;

    private final ClientHandle client;
    private final ServerHandle server;
    private final ByteBuffer toServer = ByteBuffer.allocate(WIRE_BYTES);
    private final ByteBuffer toClient = ByteBuffer.allocate(WIRE_BYTES);

    public HandleExchange(WebSocketHandleFactory factory) {
        this(factory.createClientHandle(), factory.createServerHandle());
    }

    public HandleExchange(ClientHandle client, ServerHandle server) {
        this.client = client;
        this.server = server;
        client.assumeHandshakeDone();
        server.assumeHandshakeDone();
    }

    public ClientHandle client() {
        return client;
    }

    public ServerHandle server() {
        return server;
    }

    /** Bytes on their way to the server, for tests that forge some. */
    public ByteBuffer toServer() {
        return toServer;
    }

    /** The client sends a text and indicates it. */
    public void sendText(String text) {
        client.send(BufferType.UTF8_MESSAGE, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), null);
        pump(client, ActionQueue.SEND, toClient, toServer);
    }

    /** The server receives what is on the wire. */
    public void receive() {
        server.receive(null, null);
        pump(server, ActionQueue.ALL, toServer, toClient);
    }

    /** Does all actions of a handle that can be done with the bytes at hand. */
    public static void pump(WebSocketHandle handle, ActionQueue queue, ByteBuffer in, ByteBuffer out) {
        while (true) {
            Action action = handle.getAction(queue);
            if (action.type() == ActionType.NO_ACTION) {
                return;
            }
            long bytes = 0;
            if (action.type() == ActionType.SEND_TO_NETWORK) {
                bytes = action.totalBytes();
                for (int i = 0; i < action.bufferCount(); i++) {
                    out.put(action.buffers()[i]);
                }
            } else if (action.type() == ActionType.RECEIVE_FROM_NETWORK) {
                bytes = read(in, action.buffer());
            }
            handle.completeAction(action, bytes);
        }
    }

    public void close() {
        client.close();
        server.close();
    }

    private static int read(ByteBuffer in, ByteBuffer target) {
        in.flip();
        int bytes = Math.min(in.remaining(), target.remaining());
        target.put(in.slice(in.position(), bytes));
        in.position(in.position() + bytes).compact();
        return bytes;
    }
}

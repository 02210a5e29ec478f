package io.wsprotocol.spring.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection, frame by frame, by Jetty's client; any number of streams on it. */
public final class Http2Client implements Closeable {

    private static final int TIMEOUT_SECONDS = 20;

    private final ClientConnector connector = new ClientConnector();
    private final HTTP2Client client = new HTTP2Client(connector);
    private final CompletableFuture<SettingsFrame> settings = new CompletableFuture<>();
    private final Session session;
    private final String scheme;
    private final int port;

    /** Connects, with TLS and ALPN or with prior knowledge. */
    public Http2Client(int port, boolean tls) throws Exception {
        this.scheme = tls ? "https" : "http";
        this.port = port;
        Session.Listener listener = new Session.Listener() {
            @Override
            public void onSettings(Session session, SettingsFrame frame) {
                settings.complete(frame);
            }
        };
        // The certificate is made for this run; its keys are not what is tried here.
        connector.setSslContextFactory(new SslContextFactory.Client(true));
        client.start();
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
        session = (tls
                        ? client.connect(connector.getSslContextFactory(), address, listener)
                        : client.connect(address, listener))
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** The first SETTINGS of the server. */
    public SettingsFrame settings() throws IOException {
        return await(settings);
    }

    /** The streams that this side remembers. */
    public int streams() {
        return session.getStreams().size();
    }

    public static HttpFields.Mutable fields() {
        return HttpFields.build().add("sec-websocket-version", "13");
    }

    /** Shakes hands. */
    public RawClient open(String path) throws IOException {
        return accepted(path, fields()).client();
    }

    /** Connects for one stream only: who closes it closes the connection. */
    public static RawClient openAlone(int port, boolean tls, String path, HttpFields fields) throws Exception {
        Http2Client http = new Http2Client(port, tls);
        Exchange exchange = http.accepted(path, fields);
        return exchange.client(() -> {
            exchange.end();
            http.close();
        });
    }

    private Exchange accepted(String path, HttpFields fields) throws IOException {
        Exchange exchange = connect(path, fields, "websocket");
        int status = exchange.response().getStatus();
        if (status != 200) {
            throw new IOException("not accepted: " + status);
        }
        return exchange;
    }

    public Exchange connect(String path, HttpFields fields, @Nullable String protocol) throws IOException {
        MetaData.Request head =
                new MetaData.ConnectRequest(scheme, new HostPortHttpField("localhost:" + port), path, fields, protocol);
        Exchange exchange = new Exchange();
        exchange.stream = await(session.newStream(new HeadersFrame(head, null, false), exchange));
        return exchange;
    }

    @Override
    public void close() throws IOException {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** One stream: reads only what is asked for, so that the server's window closes when nobody asks. */
    public static final class Exchange implements Stream.Listener {

        private final CompletableFuture<MetaData.Response> response = new CompletableFuture<>();
        private final CompletableFuture<Integer> reset = new CompletableFuture<>();
        private final Semaphore arrived = new Semaphore(0);
        private Stream stream;

        public MetaData.Response response() throws IOException {
            return await(response);
        }

        /** The code of the server's RST_STREAM. */
        public int reset() throws IOException {
            return await(reset);
        }

        /** Resets the stream. */
        public void cancel() {
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
        }

        public RawClient client() {
            return client(this::end);
        }

        private RawClient client(Closeable end) {
            return new RawClient(new Input(), new Output(), end);
        }

        private void end() {
            if (!stream.isClosed()) {
                stream.data(new DataFrame(stream.getId(), ByteBuffer.allocate(0), true), Callback.NOOP);
            }
        }

        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            response.complete((MetaData.Response) frame.getMetaData());
        }

        @Override
        public void onDataAvailable(Stream stream) {
            arrived.release();
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            reset.complete(frame.getError());
            arrived.release();
            callback.succeeded();
        }

        private final class Input extends InputStream {

            private byte[] bytes = new byte[0];
            private int next;
            private boolean ended;

            @Override
            public int read() throws IOException {
                return fill() ? bytes[next++] & 0xFF : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (!fill()) {
                    return -1;
                }
                int count = Math.min(length, bytes.length - next);
                System.arraycopy(bytes, next, target, offset, count);
                next += count;
                return count;
            }

            private boolean fill() throws IOException {
                while (next == bytes.length && !ended) {
                    Stream.Data data = stream.readData();
                    if (data == null) {
                        awaitData();
                        continue;
                    }
                    ByteBuffer from = data.frame().getByteBuffer();
                    bytes = new byte[from.remaining()];
                    next = 0;
                    from.get(bytes);
                    ended = data.frame().isEndStream();
                    data.release();
                }
                return next < bytes.length;
            }

            private void awaitData() throws IOException {
                if (reset.isDone()) {
                    throw new IOException("reset: " + reset.join());
                }
                stream.demand();
                try {
                    if (!arrived.tryAcquire(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                        throw new IOException("nothing came");
                    }
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
            }
        }

        private final class Output extends OutputStream {

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                await(stream.data(new DataFrame(stream.getId(), ByteBuffer.wrap(from, offset, length), false)));
            }
        }
    }
}

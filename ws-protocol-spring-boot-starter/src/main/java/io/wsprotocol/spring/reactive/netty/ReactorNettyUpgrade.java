package io.wsprotocol.spring.reactive.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.spring.reactive.NativeExchange;
import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.server.ConnectionShell;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Takes connections over from Reactor Netty: sockets of HTTP/1.1 and streams of HTTP/2 (RFC 8441), plain or with TLS. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReactorNettyUpgrade implements ReactiveTransportUpgrade {

    /** The name of its transports. */
    static final String NAME = "reactor netty";
    /** The name of those that are streams. */
    static final String STREAM_NAME = "reactor netty http/2";

    private static final Log LOG = LogFactory.getLog(ReactorNettyUpgrade.class);

    /* What speaks HTTP, or looks at it. Compression, metrics and the access log see the 101 and nothing behind it. */
    private static final List<String> HTTP_HANDLERS = List.of(
            NettyPipeline.HttpTrafficHandler,
            NettyPipeline.AccessLogHandler,
            NettyPipeline.HttpMetricsHandler,
            NettyPipeline.CompressionHandler,
            NettyPipeline.ChunkedWriter,
            NettyPipeline.H2CUpgradeHandler,
            NettyPipeline.IdleTimeoutHandler,
            NettyPipeline.ReadTimeoutHandler);

    /** Makes one. */
    public ReactorNettyUpgrade() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean supports(ServerWebExchange exchange) {
        NativeExchange servers = NativeExchange.of(exchange);
        if (!(servers.request() instanceof HttpServerRequest request)
                || !(servers.response() instanceof HttpServerResponse response)) {
            return false;
        }
        Channel channel = channelOf(response);
        return codecOf(channel) != null
                && (!(channel instanceof Http2StreamChannel) || ExtendedConnectField.isReadable(request));
    }

    @Override
    public ServerHandshakes.Request request(ServerWebExchange exchange) {
        if (NativeExchange.of(exchange).request() instanceof HttpServerRequest request) {
            boolean stream = NativeExchange.of(exchange).response() instanceof HttpServerResponse response
                    && channelOf(response) instanceof Http2StreamChannel;
            return new ReactorNettyHandshake(request, stream);
        }
        throw new IllegalArgumentException("not a request of Reactor Netty's");
    }

    @Override
    public Mono<Void> upgrade(ServerWebExchange exchange, Answer.Accepted answer, ShellStarter starter) {
        if (!(NativeExchange.of(exchange).response() instanceof HttpServerResponse nativeResponse)) {
            return Mono.error(new IllegalArgumentException("not a response of Reactor Netty's"));
        }
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        // Runs what waits for the commit, such as saving the HTTP session, and writes nothing.
        return response.setComplete().then(Mono.create(sink -> {
            Channel channel = channelOf(nativeResponse);
            Runnable takeOver = () -> takeOver(channel, responseHead(nativeResponse, answer), starter, sink);
            if (channel.eventLoop().inEventLoop()) {
                takeOver.run();
            } else {
                channel.eventLoop().execute(takeOver);
            }
        }));
    }

    private static void takeOver(Channel channel, HttpResponse head, ShellStarter starter, MonoSink<Void> sink) {
        ChannelHandlerContext codec = codecOf(channel);
        ChannelHandlerContext traffic = channel.pipeline().context(NettyPipeline.HttpTrafficHandler);
        if (!channel.isActive() || codec == null || traffic == null) {
            sink.error(new IOException("The connection closed during its handshake"));
            return;
        }
        // Until the channel is closed: Reactor Netty would write an end of a response.
        channel.closeFuture().addListener(closed -> sink.success());
        ReactorNettyTransport transport = transportOf(channel);
        channel.config().setAutoRead(false);
        // From there, it passes the codec that encodes it, and not those who would take it for one response among many.
        traffic.writeAndFlush(head).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addAfter(codec.name(), ReactorNettyTransport.HANDLER_NAME, transport.handler());
        for (String name : HTTP_HANDLERS) {
            if (pipeline.context(name) != null) {
                pipeline.remove(name);
            }
        }
        // Last: what it has read behind the request goes to the next handler, which is the transport's now.
        pipeline.remove(codec.name());
        begin(transport, starter);
    }

    private static void begin(ReactorNettyTransport transport, ShellStarter starter) {
        ConnectionShell shell;
        try {
            shell = starter.start(transport);
        } catch (RuntimeException | Error e) {
            // The answer is on its way: only the end of the connection can say this to the client.
            LOG.error("A connection could not begin", e);
            transport.close();
            return;
        }
        transport.begin(shell);
    }

    private static ReactorNettyTransport transportOf(Channel channel) {
        if (!(channel instanceof Http2StreamChannel stream)) {
            return new ReactorNettyTransport(channel, channel.alloc());
        }
        try {
            ReactorNettyStreamTransport.widenConnection(stream);
        } catch (Http2Exception e) {
            LOG.debug("The connection's window stays as it is", e);
        }
        return new ReactorNettyStreamTransport(stream);
    }

    private static HttpResponse responseHead(HttpServerResponse response, Answer.Accepted answer) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
        // Over HTTP/2, what is full would be the whole stream.
        HttpResponse head = answer.status() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
                ? new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER)
                : new DefaultHttpResponse(HttpVersion.HTTP_1_1, status);
        head.headers().add(response.responseHeaders());
        // RFC 9110 §8.6: none of these in a 1xx, nor (§9.3.6) in the answer to a CONNECT
        head.headers().remove(HttpHeaders.CONTENT_LENGTH);
        head.headers().remove(HttpHeaders.TRANSFER_ENCODING);
        head.headers().remove(HttpHeaders.CONNECTION);
        answer.headers().forEach(header -> head.headers().add(header.name(), header.value()));
        return head;
    }

    /** {@return the codec that makes HTTP of a socket's bytes or of a stream's frames; null if there is none} */
    private static @Nullable ChannelHandlerContext codecOf(Channel channel) {
        return channel.pipeline()
                .context(
                        channel instanceof Http2StreamChannel
                                ? NettyPipeline.H2ToHttp11Codec
                                : NettyPipeline.HttpCodec);
    }

    private static Channel channelOf(HttpServerResponse response) {
        Channel[] channel = new Channel[1];
        response.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }

    /** A request of Reactor Netty's. */
    private record ReactorNettyHandshake(HttpServerRequest request, boolean stream)
            implements ServerHandshakes.Request {

        @Override
        public String method() {
            return request.method().name();
        }

        /** Netty calls the requests of streams HTTP/1.1, too. */
        @Override
        public String protocol() {
            return stream ? "HTTP/2.0" : request.version().text();
        }

        @Override
        public @Nullable String extendedConnect() {
            return stream ? ExtendedConnectField.read(request) : null;
        }

        @Override
        public boolean hasBody() {
            String length = request.requestHeaders().get(HttpHeaders.CONTENT_LENGTH);
            return (length != null && !length.trim().equals("0"))
                    || (!stream && request.requestHeaders().contains(HttpHeaders.TRANSFER_ENCODING));
        }

        @Override
        public List<HttpHeader> headers() {
            List<HttpHeader> headers = new ArrayList<>();
            for (Map.Entry<String, String> line : request.requestHeaders()) {
                // Netty's codec gives this one to each stream that does not end with its head; RFC 9113 §8.2.2 forbids
                // it to clients.
                if (!stream || !HttpHeaders.TRANSFER_ENCODING.equalsIgnoreCase(line.getKey())) {
                    headers.add(new HttpHeader(line.getKey(), line.getValue()));
                }
            }
            return headers;
        }

        @Override
        public @Nullable String remoteAddress() {
            InetSocketAddress remote = request.remoteAddress();
            if (remote == null) {
                return null;
            }
            InetAddress address = remote.getAddress();
            // A forwarded name is not looked up.
            return address == null ? remote.getHostString() : address.getHostAddress();
        }
    }
}

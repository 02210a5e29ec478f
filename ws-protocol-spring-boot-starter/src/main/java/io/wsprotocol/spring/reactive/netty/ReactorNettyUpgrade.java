package io.wsprotocol.spring.reactive.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.spring.reactive.NativeExchange;
import io.wsprotocol.spring.reactive.ReactiveTransportUpgrade;
import io.wsprotocol.spring.server.ServerHandshakes;
import io.wsprotocol.spring.server.ServerHandshakes.Answer;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Takes connections over from Reactor Netty: HTTP/1.1, plain or with TLS. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReactorNettyUpgrade implements ReactiveTransportUpgrade {

    /** The name of its transports. */
    static final String NAME = "reactor netty";

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
        return servers.request() instanceof HttpServerRequest
                && servers.response() instanceof HttpServerResponse response
                && codecOf(channelOf(response)) != null;
    }

    @Override
    public ServerHandshakes.Request request(ServerWebExchange exchange) {
        if (NativeExchange.of(exchange).request() instanceof HttpServerRequest request) {
            return new ReactorNettyHandshake(request);
        }
        throw new IllegalArgumentException("not a request of Reactor Netty's");
    }

    @Override
    public Mono<Void> upgrade(ServerWebExchange exchange, Answer.Accepted answer, ShellStarter starter) {
        if (!(NativeExchange.of(exchange).response() instanceof HttpServerResponse nativeResponse)) {
            return Mono.error(new IllegalArgumentException("not a response of Reactor Netty's"));
        }
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
        // Runs what waits for the commit, such as saving the HTTP session, and writes nothing.
        return response.setComplete().then(Mono.create(sink -> {
            Channel channel = channelOf(nativeResponse);
            Runnable takeOver = () -> takeOver(channel, responseHead(nativeResponse, answer.headers()), starter, sink);
            if (channel.eventLoop().inEventLoop()) {
                takeOver.run();
            } else {
                channel.eventLoop().execute(takeOver);
            }
        }));
    }

    private static void takeOver(
            Channel channel, DefaultFullHttpResponse head, ShellStarter starter, MonoSink<Void> sink) {
        ChannelHandlerContext codec = codecOf(channel);
        ChannelHandlerContext traffic = channel.pipeline().context(NettyPipeline.HttpTrafficHandler);
        if (!channel.isActive() || codec == null || traffic == null) {
            sink.error(new IOException("The connection closed during its handshake"));
            return;
        }
        // Until the channel is closed: Reactor Netty would write an end of a response.
        channel.closeFuture().addListener(closed -> sink.success());
        ReactorNettyTransport transport = new ReactorNettyTransport(channel);
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
        pipeline.remove(codec.handler());
        transport.begin(starter.start(transport));
    }

    private static DefaultFullHttpResponse responseHead(HttpServerResponse response, List<HttpHeader> answer) {
        DefaultFullHttpResponse head = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        head.headers().add(response.responseHeaders());
        // RFC 9110 §8.6: none of these in a 1xx
        head.headers().remove(HttpHeaders.CONTENT_LENGTH);
        head.headers().remove(HttpHeaders.TRANSFER_ENCODING);
        head.headers().remove(HttpHeaders.CONNECTION);
        answer.forEach(header -> head.headers().add(header.name(), header.value()));
        return head;
    }

    /** {@return the codec of HTTP/1.1; null in the streams of HTTP/2} */
    private static @Nullable ChannelHandlerContext codecOf(Channel channel) {
        return channel.pipeline().context(NettyPipeline.HttpCodec);
    }

    private static Channel channelOf(HttpServerResponse response) {
        Channel[] channel = new Channel[1];
        response.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }

    /** A request of Reactor Netty's. */
    private record ReactorNettyHandshake(HttpServerRequest request) implements ServerHandshakes.Request {

        @Override
        public String method() {
            return request.method().name();
        }

        @Override
        public String protocol() {
            return request.version().text();
        }

        @Override
        public boolean hasBody() {
            String length = request.requestHeaders().get(HttpHeaders.CONTENT_LENGTH);
            return (length != null && !length.trim().equals("0"))
                    || request.requestHeaders().contains(HttpHeaders.TRANSFER_ENCODING);
        }

        @Override
        public List<HttpHeader> headers() {
            List<HttpHeader> headers = new ArrayList<>();
            for (Map.Entry<String, String> line : request.requestHeaders()) {
                headers.add(new HttpHeader(line.getKey(), line.getValue()));
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

package io.wsprotocol.spring.test;

import io.wsprotocol.spring.ConnectionObserver;
import io.wsprotocol.spring.ConnectionObserverFactory;
import io.wsprotocol.spring.HandleRole;
import io.wsprotocol.spring.server.ShellStarter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletContextInitializerBeans;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.DefaultMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * The application, as those see it who come without a socket: its filters and its {@code DispatcherServlet} by means of {@link MockMvc},
 * then the engine. Thread-safe.
 */
final class InMemoryServer implements ConnectionObserverFactory {

    private static final ThreadLocal<@Nullable InMemoryTransport> STARTING = new ThreadLocal<>();

    private final WebApplicationContext context;
    private final Executor threads;
    private volatile @Nullable MockMvc mvc;

    InMemoryServer(WebApplicationContext context, Executor threads) {
        this.context = context;
        this.threads = threads;
    }

    /** {@return the executor of all tasks} */
    Executor threads() {
        return threads;
    }

    /** Has the transport know of the end of the connection that is being made on it. */
    @Override
    public ConnectionObserver connectionOpened(HandleRole role, String name) {
        InMemoryTransport transport = STARTING.get();
        return role == HandleRole.SERVER && transport != null ? transport : ConnectionObserver.NONE;
    }

    /**
     * Sends a request.
     *
     * @param head as a client wrote it
     * @param user who asks; null for nobody
     * @return the client's end of the connection; it reads the answer first
     */
    InMemoryLink open(byte[] head, @Nullable Principal user) throws IOException {
        InMemoryUpgrade.Slot slot = new InMemoryUpgrade.Slot();
        MockHttpServletResponse response = perform(request(head, user).requestAttr(slot.attribute(), slot));
        ShellStarter starter = slot.starter();
        Pipe toServer = new Pipe();
        Pipe toClient = new Pipe();
        byte[] answer = answer(response, starter != null);
        if (starter == null) {
            toClient.write(answer, FrameClient.PATIENCE);
            toClient.end();
            toServer.abandon();
            return new InMemoryLink(toServer, toClient, null);
        }
        toClient.write(answer, FrameClient.PATIENCE);
        InMemoryTransport transport = new InMemoryTransport(toServer, toClient, threads);
        STARTING.set(transport);
        try {
            transport.start(starter.start(transport));
        } finally {
            STARTING.remove();
        }
        return new InMemoryLink(toServer, toClient, transport);
    }

    private static MockHttpServletRequestBuilder request(byte[] head, @Nullable Principal user) {
        List<String> lines =
                new String(head, StandardCharsets.ISO_8859_1).lines().toList();
        String[] first = lines.get(0).split(" ", 3);
        HttpHeaders headers = new HttpHeaders();
        for (String line : lines.subList(1, lines.size() - 1)) {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        String host = Objects.requireNonNullElse(headers.getFirst(HttpHeaders.HOST), "localhost");
        MockHttpServletRequestBuilder request = MockMvcRequestBuilders.request(
                        HttpMethod.valueOf(first[0]), URI.create("http://" + host + first[1]))
                .headers(headers);
        return user == null ? request : request.principal(user);
    }

    private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws IOException {
        // What MockMvc leaves behind on the thread is a test's own business.
        RequestAttributes before = RequestContextHolder.getRequestAttributes();
        try {
            return mvc().perform(request).andReturn().getResponse();
        } catch (Exception e) {
            throw new IOException("the application failed over the handshake", e);
        } finally {
            RequestContextHolder.setRequestAttributes(before);
        }
    }

    private static byte[] answer(MockHttpServletResponse response, boolean upgraded) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + response.getStatus() + " \r\n");
        for (String name : response.getHeaderNames()) {
            response.getHeaders(name)
                    .forEach(value ->
                            head.append(name).append(": ").append(value).append("\r\n"));
        }
        if (!upgraded && !response.containsHeader("Content-Length")) {
            head.append("Content-Length: 0\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The test's own if it has one, so that what it configured there counts here. */
    private MockMvc mvc() {
        MockMvc known = mvc;
        if (known == null) {
            known = context.getBeanProvider(MockMvc.class).getIfAvailable(this::filtered);
            mvc = known;
        }
        return known;
    }

    private MockMvc filtered() {
        DefaultMockMvcBuilder builder = MockMvcBuilders.webAppContextSetup(context);
        for (ServletContextInitializer initializer : new ServletContextInitializerBeans(
                context, FilterRegistrationBean.class, DelegatingFilterProxyRegistrationBean.class)) {
            if (initializer instanceof AbstractFilterRegistrationBean<?> registration && registration.isEnabled()) {
                builder.addFilter(
                        Objects.requireNonNull(registration.getFilter(), "filter"),
                        registration.getFilterName(),
                        registration.getInitParameters(),
                        registration.determineDispatcherTypes(),
                        registration.getUrlPatterns().toArray(String[]::new));
            }
        }
        return builder.build();
    }
}

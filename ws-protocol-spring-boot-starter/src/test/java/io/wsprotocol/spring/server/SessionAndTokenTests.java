package io.wsprotocol.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.Message;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.socket.EnableWebSocketSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * Browsers send the cookie of a login along whatever page asks: what a session's cookie opens from which origin, on endpoints registered in
 * every way, and what STOMP's CONNECT wants besides.
 */
@ParameterizedClass
@ValueSource(strings = {"tomcat native", "tomcat servlet", "jetty native"})
class SessionAndTokenTests {

    private static final String LOGIN = "Authorization: Basic "
            + Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.US_ASCII)) + "\r\n";

    private static final String OWN = "Origin: http://localhost\r\n";
    private static final String FOREIGN = "Origin: http://evil.example\r\n";

    private static final AtomicInteger SESSIONS = new AtomicInteger();

    @Parameter
    String stack;

    private EndpointServer server() {
        return EndpointServer.shared(
                List.of(Application.class), EndpointServer.on(stack, MessagingApplication.GRAPHQL));
    }

    private RawClient connect() throws IOException {
        return new RawClient(SocketFactory.getDefault(), server().port(), 0);
    }

    /** What a login leaves with a browser. */
    private record Login(String cookie, String tokenHeader, String token) {}

    private Login login() throws IOException {
        try (RawClient client = connect()) {
            client.write(("GET /token HTTP/1.1\r\nHost: localhost\r\n" + LOGIN + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            String head = client.readHead();
            return new Login(
                    "Cookie: " + header(head, "Set-Cookie").split(";")[0] + "\r\n",
                    header(head, "X-Token-Header"),
                    header(head, "X-Token"));
        }
    }

    private static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + head));
    }

    private String answerTo(String path, String... headers) throws IOException {
        try (RawClient client = connect()) {
            String fresh = path.replace("{session}", "token" + SESSIONS.incrementAndGet());
            client.write(RawClient.request(fresh, headers).getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead().substring("HTTP/1.1 ".length(), "HTTP/1.1 101".length());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/same-origin",
                "/custom",
                "/named",
                "/wired",
                "/sockjs/websocket",
                "/sockjs/000/{session}/websocket",
                "/stomp",
                "/stomp-sockjs/websocket",
                "/stomp-sockjs/000/{session}/websocket",
                "/graphql"
            })
    void theCookieOfALoginOpensFromThePagesOwnOriginOnly(String path) throws Exception {
        String cookie = login().cookie();
        SoftAssertions all = new SoftAssertions();
        all.assertThat(answerTo(path)).as("nobody").isEqualTo("401");
        all.assertThat(answerTo(path, OWN)).as("nobody, own page").isEqualTo("401");
        all.assertThat(answerTo(path, FOREIGN)).as("nobody, foreign page").isEqualTo("401");
        all.assertThat(answerTo(path, "Cookie: JSESSIONID=0123456789ABCDEF\r\n", OWN))
                .as("a cookie that was never given out")
                .isEqualTo("401");
        all.assertThat(answerTo(path, cookie)).as("no browser").isEqualTo("101");
        all.assertThat(answerTo(path, cookie, OWN)).as("own page").isEqualTo("101");
        for (String origin : List.of(
                "http://evil.example", "https://localhost", "http://localhost:81", "http://sub.localhost", "null")) {
            all.assertThat(answerTo(path, cookie, "Origin: " + origin + "\r\n"))
                    .as("cross-site with the cookie, " + origin)
                    .isEqualTo("403");
            all.assertThat(answerTo(path, LOGIN, "Origin: " + origin + "\r\n"))
                    .as("cross-site with the login itself, " + origin)
                    .isEqualTo("403");
        }
        all.assertAll();
    }

    /** A page that was named may come with the cookie: there only a token tells its user's will from a forgery. */
    @Test
    void anEndpointOpenToAllOriginsTakesTheCookieFromAllOfThem() throws Exception {
        assertThat(answerTo("/echo", FOREIGN)).isEqualTo("401");
        assertThat(answerTo("/echo", login().cookie(), FOREIGN)).isEqualTo("101");
    }

    @ParameterizedTest
    @CsvSource({
        "/stomp, right, CONNECTED",
        "/stomp, none, ERROR",
        "/stomp, wrong, ERROR",
        "/stomp, another's, ERROR",
        "/stomp-sockjs/websocket, right, CONNECTED",
        "/stomp-sockjs/websocket, none, ERROR",
        "/stomp-sockjs/000/{session}/websocket, right, CONNECTED",
        "/stomp-sockjs/000/{session}/websocket, none, ERROR",
    })
    void connectWantsTheTokenOfItsSessionBesidesTheCookie(String path, String which, String answer) throws Exception {
        Login login = login();
        String token = switch (which) {
            case "right" -> "\n" + login.tokenHeader() + ":" + login.token();
            case "wrong" -> "\n" + login.tokenHeader() + ":" + login.token().toLowerCase(Locale.ROOT) + "x";
            case "another's" -> "\n" + login.tokenHeader() + ":" + login().token();
            default -> "";
        };
        RawClient raw = connect();
        raw.shakeHands(
                path.replace("{session}", "token" + SESSIONS.incrementAndGet()),
                login.cookie(),
                OWN,
                "Sec-WebSocket-Protocol: v12.stomp\r\n");
        try (StompClient client = new StompClient(raw, path.contains("{session}"))) {
            assertThat(client.connect(token)).startsWith(answer + "\n");
        }
    }

    /** The same as {@link SecuredApplication}, for browsers: a login lasts in a session, and CONNECT wants Spring Security's token. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    @EnableWebSocketSecurity
    @Import(MessagingApplication.class)
    static class Application {

        @Bean
        SecurityFilterChain everyRequestWantsALogin(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.ALWAYS))
                    .httpBasic(basic -> basic.securityContextRepository(new HttpSessionSecurityContextRepository()))
                    .csrf(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("alice")
                    .password("{noop}secret")
                    .roles("USER")
                    .build());
        }

        @Bean
        AuthorizationManager<Message<?>> rules(MessageMatcherDelegatingAuthorizationManager.Builder messages) {
            return messages.anyMessage().authenticated().build();
        }

        /**
         * Where the order of frames is kept, Spring's {@code OrderedMessageChannelDecorator} logs what an interceptor throws and drops the
         * frame: the client would be refused all the same, but without an ERROR. Methods come after imports, hence this has the last word.
         */
        @Bean
        WebSocketMessageBrokerConfigurer refusalsAreTold() {
            return new WebSocketMessageBrokerConfigurer() {
                @Override
                public void registerStompEndpoints(StompEndpointRegistry registry) {
                    registry.setPreserveReceiveOrder(false);
                }
            };
        }

        /** What a page asks for its token. */
        @Bean
        ServletRegistrationBean<HttpServlet> token() {
            return new ServletRegistrationBean<>(
                    new HttpServlet() {
                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                            CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
                            response.setHeader("X-Token-Header", token.getHeaderName());
                            response.setHeader("X-Token", token.getToken());
                        }
                    },
                    "/token");
        }
    }
}

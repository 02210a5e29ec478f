package io.wsprotocol.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Gives a test the bean {@link InMemoryWebSockets}, or {@link ReactiveInMemoryWebSockets}, by which it opens WebSocket connections to the application without a port.
 *
 * <pre>{@code
 * @SpringBootTest // no web server is started
 * @AutoConfigureInMemoryWebSockets
 * class EchoTests {
 *
 *     @Autowired
 *     InMemoryWebSockets sockets;
 *
 *     @Test
 *     void textComesBack() {
 *         try (FrameClient client = sockets.open("/echo")) {
 *             client.sendText("hello").expectText("hello");
 *             client.sendClose(1000).expectClose(1000).expectEnd();
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>The application must have its endpoints on the engine (which they are, unless a property says otherwise). A WebFlux application gets the
 * bean {@link ReactiveInMemoryWebSockets} instead; its {@code HttpHandler} carries the handshakes. Of a servlet application, a
 * {@code MockMvc} bean of the test is used where there is one: with {@code @AutoConfigureMockMvc} and Spring Security's test support,
 * {@code @WithMockUser} counts for handshakes of {@link FrameClient}, too. Needs {@code spring-boot-starter-test}.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureInMemoryWebSockets {}

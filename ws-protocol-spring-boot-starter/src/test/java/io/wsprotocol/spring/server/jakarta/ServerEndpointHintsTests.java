package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import jakarta.websocket.Session;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

/** What Spring writes down ahead of time about an application with endpoints of Jakarta WebSocket. */
class ServerEndpointHintsTests {

    private final RuntimeHints hints = hintsOf(JakartaApplication.Numbers.class, JakartaApplication.Objects.class);

    private static RuntimeHints hintsOf(Class<?>... beans) {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(ServerEndpointHints.class);
        for (Class<?> bean : beans) {
            context.registerBean(bean);
        }
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(ServerEndpointHintsTests.class)), new InMemoryGeneratedFiles());
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        return generation.getRuntimeHints();
    }

    @Test
    void annotatedMethodsCanBeCalledAndEndpointsMade() throws Exception {
        assertThat(reflection()
                        .onMethodInvocation(JakartaApplication.Numbers.class.getMethod("times", int.class, int.class)))
                .accepts(hints);
        assertThat(reflection().onConstructorInvocation(JakartaApplication.Numbers.class.getConstructor()))
                .accepts(hints);
    }

    @Test
    void inheritedMethodsCanBeCalled() throws Exception {
        assertThat(reflection().onMethodInvocation(JakartaApplication.Small.class.getMethod("text", String.class)))
                .rejects(hints)
                .accepts(hintsOf(Inheriting.class));
    }

    @Test
    void decodersEncodersAndConfiguratorsCanBeMade() throws Exception {
        for (Class<?> part : new Class<?>[] {
            JakartaApplication.PointDecoder.class,
            JakartaApplication.PointStreamDecoder.class,
            JakartaApplication.PointEncoder.class
        }) {
            assertThat(reflection().onConstructorInvocation(part.getConstructor()))
                    .accepts(hints);
        }
        assertThat(reflection().onConstructorInvocation(JakartaApplication.Welcoming.class.getConstructor()))
                .rejects(hints)
                .accepts(hintsOf(JakartaApplication.AnyOrigin.class));
    }

    @Test
    void otherBeansAreNoneOfItsBusiness() throws Exception {
        assertThat(reflection().onMethodInvocation(Other.class.getMethod("text", String.class, Session.class)))
                .rejects(hintsOf(Other.class));
    }

    /** An endpoint whose method is its parent's. */
    @jakarta.websocket.server.ServerEndpoint("/inheriting")
    static class Inheriting extends JakartaApplication.Small {}

    /** No endpoint. */
    static class Other {

        public String text(String message, Session session) {
            return message + session;
        }
    }
}

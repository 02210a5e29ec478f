package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link AnnotatedMethods}. */
class AnnotatedMethodsTests {

    private static AnnotatedMethods of(Class<?> type) throws DeploymentException {
        return AnnotatedMethods.of(
                type, ServerEndpointConfig.Builder.create(type, "/").build());
    }

    @Test
    void findsThoseOfSuperclassesUnlessTheyAreOverridden() throws DeploymentException {
        AnnotatedMethods methods = of(Below.class);

        assertThat(methods.open()).isNotNull();
        assertThat(methods.open().method().getDeclaringClass()).isEqualTo(Above.class);
        assertThat(methods.messages()).singleElement().satisfies(message -> {
            assertThat(message.method().method().getDeclaringClass()).isEqualTo(Below.class);
            assertThat(message.payload()).isEqualTo(boolean.class);
            assertThat(message.partial()).isFalse();
        });
        assertThat(methods.close()).isNull();
        assertThat(methods.takesParts()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                TwoOpen.class,
                TwoTexts.class,
                Hidden.class,
                NoThrowable.class,
                WrongVariable.class,
                Undecodable.class,
                PartOfANumber.class,
                NoMessage.class,
                WrongParameter.class
            })
    void refusesClassesThatBreakARule(Class<?> type) {
        assertThatThrownBy(() -> of(type)).isInstanceOf(DeploymentException.class);
    }

    /** Annotated above. */
    public static class Above {
        @OnOpen
        public void opened() {}

        @OnMessage
        public void message(boolean message) {}
    }

    /** And below. */
    public static class Below extends Above {
        @Override
        @OnMessage
        public void message(boolean message) {}
    }

    /** Two for one. */
    public static class TwoOpen {
        @OnOpen
        public void one() {}

        @OnOpen
        public void two() {}
    }

    /** Two for one kind. */
    public static class TwoTexts {
        @OnMessage
        public void one(String text) {}

        @OnMessage
        public void two(int number) {}
    }

    /** Not public. */
    public static class Hidden {
        @OnClose
        void closed() {}
    }

    /** Does not want to know. */
    public static class NoThrowable {
        @OnError
        public void failed(Session session) {}
    }

    /** A variable that is no text. */
    public static class WrongVariable {
        @OnOpen
        public void opened(@PathParam("a") List<String> a) {}
    }

    /** No decoder. */
    public static class Undecodable {
        @OnMessage
        public void message(List<String> list) {}
    }

    /** Numbers have no parts. */
    public static class PartOfANumber {
        @OnMessage
        public void message(int number, boolean last) {}
    }

    /** Nothing to take. */
    public static class NoMessage {
        @OnMessage
        public void message(Session session) {}
    }

    /** Not given there. */
    public static class WrongParameter {
        @OnOpen
        public void opened(Throwable failure) {}
    }
}

package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("R6455-C-15+-")
class HttpHeaderTests {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:", "a\r\n", "é", "a\u0000", "(a)"})
    void aNameThatIsNoTokenIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new HttpHeader(name, "value"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "a\r\nInjected: b", "a\u0000b", "a\u007Fb", "a€b"})
    void aValueThatCouldInjectAnotherHeaderIsRefusedWithoutRepeatingIt(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HttpHeader("Name", value))
                .withMessageContaining("Name")
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain(value));
    }

    @Test
    void outerWhiteSpaceDoesNotBelongToTheValue() {
        assertThat(new HttpHeader("Name", " \ta b\t ").value()).isEqualTo("a b");
        assertThat(new HttpHeader("Name", "").value()).isEmpty();
        assertThat(new HttpHeader("Name", "a\tb\u00FF").value()).isEqualTo("a\tb\u00FF");
    }

    @Test
    @Tag("R6455-C-40+")
    void namesCompareWithoutCase() {
        HttpHeader header = new HttpHeader("Sec-WebSocket-Key", "x");
        assertThat(header.is("SEC-websocket-KEY")).isTrue();
        assertThat(header.is("Sec-WebSocket-Kez")).isFalse();
        assertThat(header.is("Sec-WebSocket-\u212Aey"))
                .as("the sign for Kelvin is no K")
                .isFalse();
    }
}

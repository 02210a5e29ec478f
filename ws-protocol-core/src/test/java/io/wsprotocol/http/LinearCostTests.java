package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.http.HeaderSyntaxException.Rule;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts made to be expensive: 8 KiB of them stop at a limit, and half a million repetitions, far above every limit, still
 * cost one pass. The bound is no measurement: it lies far above the time of a pass and far below that of its square.
 */
@Tag("sweep")
class LinearCostTests {

    private static final int HUGE = 500_000;

    private static final Duration BOUND = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ", "\t", ",", ", ", "a ", "a,", "a", "\"", "\\", ";", "a;", "a;b", "a;b=", "a;b=\"", "=", "a=b,", "/",
                "a/"
            })
    void eightKibibytesAreRefused(String shape) {
        List<String> lines = List.of("a" + shape.repeat(8192 / shape.length()));
        assertTooLong(() -> TokenList.parse(lines, TokenList.Limits.PROTOCOL_REQUEST));
        assertTooLong(() -> TokenList.parse(lines, TokenList.Limits.PROTOCOL_RESPONSE));
        assertTooLong(() -> TokenList.containsIgnoreCase(lines, "a"));
        assertTooLong(() -> ExtensionList.parse(lines, ExtensionList.Limits.REQUEST));
        assertTooLong(() -> ExtensionList.parse(lines, ExtensionList.Limits.RESPONSE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a, ", "a\t\t,", "a", ",,,a,", " a,   ,"})
    void hugeTokenListsTakeOnePass(String shape) {
        TokenList.Limits unlimited =
                new TokenList.Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, true, true);
        int elements = Assertions.assertTimeoutPreemptively(
                BOUND,
                () -> TokenList.parse(List.of(shape.repeat(HUGE)), unlimited).size());
        assertThat(elements).isEqualTo(shape.equals("a") ? 1 : HUGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x;a=1;b=\"2\"", "x", "x ; a  =  \"\\1\"   "})
    void hugeExtensionListsTakeOnePass(String shape) {
        ExtensionList.Limits unlimited =
                new ExtensionList.Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
        List<String> lines = Collections.nCopies(100_000, shape);
        int elements = Assertions.assertTimeoutPreemptively(
                BOUND, () -> ExtensionList.parse(lines, unlimited).size());
        assertThat(elements).isEqualTo(100_000);
    }

    @Test
    void aHugeUriTakesOnePass() {
        String resource = "/" + "%41\u00e9?".repeat(HUGE);
        int length = Assertions.assertTimeoutPreemptively(
                BOUND,
                () -> WebSocketUri.parse("ws://h" + resource).resourceName().length());
        assertThat(length).isEqualTo(1 + HUGE * 10);
        Assertions.assertTimeoutPreemptively(
                BOUND,
                () -> assertThatThrownBy(() -> WebSocketUri.parse("ws://[" + "1:".repeat(HUGE) + "]/"))
                        .isInstanceOf(IllegalArgumentException.class));
    }

    private static void assertTooLong(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        HeaderSyntaxException.class, e -> assertThat(e.rule()).isEqualTo(Rule.TOO_LONG));
    }
}

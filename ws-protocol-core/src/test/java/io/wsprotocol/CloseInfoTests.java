package io.wsprotocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("R6455-Z-32+-")
class CloseInfoTests {

    @Test
    void noStatusMeansAnEmptyBody() {
        assertThat(CloseInfo.of(CloseStatus.NO_STATUS)).isSameAs(CloseInfo.EMPTY);
        assertThat(CloseInfo.EMPTY).isEqualTo(new CloseInfo(1005, null));
        assertThat(CloseInfo.of(1000)).isEqualTo(new CloseInfo(1000, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "ä", "𝄞"})
    void aReasonThatFitsIsKept(String reason) {
        assertThat(CloseInfo.truncated(1000, reason)).isEqualTo(new CloseInfo(1000, reason));
        assertThat(CloseInfo.truncated(1000, "x".repeat(123)).reason()).hasSize(123);
    }

    @Test
    void aLongerReasonIsCutAtTheBorderOfACodePoint() {
        for (String unit : new String[] {"x", "ä", "€", "𝄞"}) {
            for (int shift = 0; shift < 4; shift++) {
                String reason = "-".repeat(shift) + unit.repeat(130);
                String cut = CloseInfo.truncated(1000, reason).reason();
                assertThat(cut).isNotNull();
                assertThat(reason).startsWith(cut);
                assertThat(cut.getBytes(UTF_8).length)
                        .isLessThanOrEqualTo(123)
                        .isGreaterThan(123 - unit.getBytes(UTF_8).length);
            }
        }
    }

    @Test
    void unpairedSurrogatesBecomeQuestionMarks() {
        assertThat(CloseInfo.truncated(1000, "a\uD800b").reason()).isEqualTo("a?b");
    }

    @Test
    void whatMayBeSentMayBeReceivedAndNothingElse() {
        int[] edges = {-1, 0, 999, 1000, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000, 65_535};
        assertThat(IntStream.of(edges).filter(CloseStatus::isReceivable))
                .containsExactly(1000, 1003, 1007, 1014, 3000, 4999)
                .containsExactlyElementsOf(IntStream.of(edges)
                        .filter(CloseStatus::isSendable)
                        .boxed()
                        .toList());
    }
}

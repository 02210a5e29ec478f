package io.wsprotocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The numbers of the Windows API, as its header gives them. */
@Tag("WSPC-2")
class VocabularyTests {

    @Test
    void actionsQueuesAndBufferTypesHaveTheirNumbers() {
        assertThat(ActionType.values()).extracting(ActionType::nativeValue).containsExactly(0, 1, 2, 3, 4);
        assertThat(ActionQueue.values()).extracting(ActionQueue::nativeValue).containsExactly(1, 2, 3);
        assertThat(Arrays.stream(BufferType.values())
                        .map(type -> Integer.toHexString(type.nativeValue()))
                        .collect(Collectors.joining(" ")))
                .isEqualTo("80000000 80000001 80000002 80000003 80000004 80000005 80000006 0");
        assertThat(PropertyType.values()).extracting(PropertyType::nativeValue).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void errorsHaveTheirNumbers() {
        assertThat(Arrays.stream(ErrorCode.values())
                        .map(code -> Integer.toHexString(code.hresult()))
                        .collect(Collectors.joining(" ")))
                .isEqualTo("83760001 83760002 83760003 83760004 83760005 80070057");
    }

    @Test
    void everyViolationSaysWhatItIs() {
        for (Violation violation : Violation.values()) {
            assertThat(violation.id()).matches("[VLCP]-?\\d\\d");
            assertThat(violation.rfc()).matches("RFC \\d{4} §\\d+(\\.\\d+)*");
            assertThat(violation.rows()).matches("[A-Z]-\\d\\d( [A-Z]-\\d\\d)*");
            assertThat(violation.closeStatus())
                    .as("%s", violation)
                    .satisfiesAnyOf(
                            status -> assertThat(status).isZero(),
                            status -> assertThat(CloseStatus.isSendable(status)).isTrue());
        }
    }

    @Test
    void aReasonIsAtMostWhatFitsBesideTheStatus() {
        assertThat(CloseInfo.MAX_REASON_LENGTH).isEqualTo(123);
        assertThat("x".repeat(CloseInfo.MAX_REASON_LENGTH).getBytes(UTF_8)).hasSize(125 - 2);
    }
}

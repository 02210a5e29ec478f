package io.wsprotocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.wire.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
    void everyBufferTypeIsOfOneKind() {
        for (BufferType type : BufferType.values()) {
            int kinds = (type.isText() ? 1 : 0) + (type.isBinary() ? 1 : 0) + (type.isControl() ? 1 : 0);
            assertThat(kinds).as("%s", type).isEqualTo(type == BufferType.RAW ? 0 : 1);
        }
        assertThat(BufferType.BINARY_MESSAGE.isBinary()).isTrue();
        assertThat(BufferType.BINARY_FRAGMENT.isBinary()).isTrue();
        assertThat(BufferType.UTF8_FRAGMENT.isText()).isTrue();
        assertThat(BufferType.UNSOLICITED_PONG.isControl()).isTrue();
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
            assertThat(violation.id()).matches("[VLCPH]-?\\d\\d");
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

    @Test
    void everyFaultOfTheWireIsAViolationAndNothingElseIs() {
        Set<Violation> violations = EnumSet.noneOf(Violation.class);
        for (int fault = Fault.INVALID_UTF8; fault <= Fault.RESERVED_BITS; fault++) {
            violations.add(Failures.violation(fault));
        }
        assertThat(violations).hasSize(Fault.RESERVED_BITS - Fault.INVALID_UTF8 + 1);
        assertThatThrownBy(() -> Failures.violation(Fault.INVALID_UTF8 - 1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Failures.violation(0)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aRefusalThatWasSerializedHasAllButItsHeaders() throws IOException, ClassNotFoundException {
        WebSocketHandshakeException refusal = new WebSocketHandshakeException(
                Violation.VERSION_NOT_SUPPORTED,
                "message",
                426,
                List.of(new HttpHeader("Sec-WebSocket-Version", "13")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(refusal);
        }
        WebSocketHandshakeException read;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            read = (WebSocketHandshakeException) in.readObject();
        }
        assertThat(read.violation()).isEqualTo(refusal.violation());
        assertThat(read.httpStatus()).isEqualTo(426);
        assertThat(read).hasMessage("message");
        assertThat(read.responseHeaders()).isEmpty();
        assertThat(refusal.responseHeaders()).hasSize(1);
    }
}

package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.Violation;
import io.wsprotocol.driver.FailureReason;
import io.wsprotocol.spring.autoconfigure.WsProtocolProperties;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Tests of {@link LimitLog}; that each breach reaches it is shown by the tests of limits on real sockets. */
@ExtendWith(OutputCaptureExtension.class)
class LimitLogTests {

    private static void assertExists(@Nullable String property) {
        assertThat(property).startsWith("ws-protocol.");
        Class<?> type = WsProtocolProperties.class;
        for (String name : property.substring("ws-protocol.".length()).split("\\.")) {
            String component = Pattern.compile("-(.)")
                    .matcher(name)
                    .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
            RecordComponent found = Arrays.stream(type.getRecordComponents())
                    .filter(candidate -> candidate.getName().equals(component))
                    .findFirst()
                    .orElse(null);
            assertThat(found).as(property).isNotNull();
            type = found.getType();
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNKNOWN_EXTENSION", "CORRUPT_COMPRESSION", "INVALID_UTF8"})
    void everyLimitOfAConnectionNamesAPropertyThatExists(FailureReason reason) {
        assertExists(LimitLog.propertyOf(reason));
    }

    @ParameterizedTest
    @EnumSource
    void everyCapNamesAPropertyThatExists(ConnectionCap cap) {
        assertExists(cap.property());
    }

    @ParameterizedTest
    @EnumSource
    void everyLimitOfTheHandleNamesAPropertyThatExistsAndNoOtherRuleDoes(Violation violation) {
        String property = LimitLog.propertyOf(violation);
        boolean limit = violation.id().startsWith("L-0");
        assertThat(property != null).isEqualTo(limit);
        if (limit) {
            assertExists(property);
        }
    }

    @Test
    void aFloodOfBreachesIsOneLineForEachLimit(CapturedOutput output) {
        LimitLog log = new LimitLog();
        for (int i = 0; i < 1_000; i++) {
            log.handshakeCapped(HandleRole.SERVER, ConnectionCap.SESSIONS);
            log.handshakeCapped(HandleRole.SERVER, ConnectionCap.HANDSHAKE_RATE);
        }
        assertThat(output)
                .containsOnlyOnce("refused with 503 by the limit SESSIONS: 1 (ws-protocol.limits.max-sessions)")
                .containsOnlyOnce(
                        "refused with 429 by the limit HANDSHAKE_RATE: 1 (ws-protocol.limits.handshake-rate)");
    }
}

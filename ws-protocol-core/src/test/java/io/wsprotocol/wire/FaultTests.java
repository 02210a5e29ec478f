package io.wsprotocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Codes are negative, distinct and have the name of their constant. */
class FaultTests {

    private static final List<Field> CONSTANTS = Arrays.stream(Fault.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == int.class)
            .toList();

    @Test
    void everyCodeIsNegativeAndNamed() throws IllegalAccessException {
        assertThat(CONSTANTS).hasSize(12);
        for (Field constant : CONSTANTS) {
            assertThat(constant.getInt(null)).isNegative();
            assertThat(Fault.name(constant.getInt(null))).isEqualTo(constant.getName());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -13, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void whatIsNoFaultHasNoName(int code) {
        assertThatIllegalArgumentException().isThrownBy(() -> Fault.name(code)).withMessageContaining("" + code);
    }
}

package io.wsprotocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which of the sixteen opcodes are known, control, data. */
class OpcodeTests {

    @Test
    @Tag("R6455-F-07+-")
    @Tag("R6455-F-08+-")
    void sixOpcodesAreKnown() {
        assertThat(IntStream.range(0, 16).filter(Opcode::isKnown)).containsExactly(0x0, 0x1, 0x2, 0x8, 0x9, 0xA);
    }

    @Test
    void theUpperHalfIsControl() {
        assertThat(IntStream.range(0, 16).filter(Opcode::isControl)).containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
    }

    @Test
    void textAndBinaryBeginMessages() {
        assertThat(IntStream.range(0, 16).filter(Opcode::isData)).containsExactly(Opcode.TEXT, Opcode.BINARY);
    }
}

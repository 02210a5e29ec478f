package io.wsprotocol.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

/** Tests of {@link Frame}: its bytes, by the examples of RFC 6455 §5.7 and by their lengths. */
class FrameTests {

    @Test
    void bytesAreThoseOfTheExamples() {
        assertThat(Frame.text("Hello").bytes()).containsExactly(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f);
        assertThat(Frame.text("Hello").bytes(0x37fa213d))
                .containsExactly(0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58);
        assertThat(Frame.text("Hel").notFinal().bytes()).containsExactly(0x01, 0x03, 0x48, 0x65, 0x6c);
        assertThat(Frame.continuation("lo").bytes()).containsExactly(0x80, 0x02, 0x6c, 0x6f);
        assertThat(Frame.ping("").withReserved(5).bytes()).containsExactly(0xD9, 0x00);
        assertThat(Frame.close(1000, "").bytes()).containsExactly(0x88, 0x02, 0x03, 0xe8);
        assertThat(Frame.close().bytes()).containsExactly(0x88, 0x00);
    }

    @Test
    void lengthsAreAsShortAsTheyMustBe() {
        assertThat(Frame.binary(new byte[125]).bytes()).hasSize(127).startsWith(0x82, 0x7D);
        assertThat(Frame.binary(new byte[126]).bytes()).hasSize(130).startsWith(0x82, 0x7E, 0x00, 0x7E);
        assertThat(Frame.binary(new byte[65_535]).bytes(0)).hasSize(65_543).startsWith(0x82, 0xFE, 0xFF, 0xFF);
        assertThat(Frame.binary(new byte[65_536]).bytes())
                .hasSize(65_546)
                .startsWith(0x82, 0x7F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00);
    }

    @Test
    void framesThatSayTheSameAreEqual() {
        assertThat(Frame.text("a"))
                .isEqualTo(Frame.of(Frame.TEXT, new byte[] {'a'}))
                .hasSameHashCodeAs(Frame.text("a"))
                .isNotEqualTo(Frame.text("a").notFinal())
                .isNotEqualTo(Frame.text("a").withReserved(1))
                .isNotEqualTo(Frame.binary((byte) 'a'))
                .isNotEqualTo(Frame.text("b"));
        assertThat(Frame.close().closeStatus()).isEqualTo(1005);
        assertThat(Frame.close(65_535, "why").closeStatus()).isEqualTo(65_535);
        assertThat(Frame.close(4000, "why").closeReason()).isEqualTo("why");
    }

    @Test
    void aFrameSaysWhatItIs() {
        assertThat(Frame.close(4000, "why")).hasToString("close, 5 bytes: 4000 why");
        assertThat(Frame.binary((byte) 1, (byte) 0xAB).notFinal()).hasToString("binary, not final, 2 bytes: 01ab");
        assertThat(Frame.of(3, new byte[0]).withReserved(4)).hasToString("opcode 3, reserved bits 4, 0 bytes");
        assertThat(Frame.text("x".repeat(40))).hasToString("text, 40 bytes: " + "x".repeat(32) + "…");
        assertThatIllegalArgumentException().isThrownBy(() -> Frame.of(16, new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> Frame.text("").withReserved(8));
    }
}

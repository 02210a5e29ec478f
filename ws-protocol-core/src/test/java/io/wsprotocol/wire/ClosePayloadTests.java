package io.wsprotocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of Close frames: every status, every length, reasons good and bad. */
class ClosePayloadTests {

    private static final byte[] NOTHING = {};

    private static int decode(String hex) {
        byte[] bytes = HexFormat.of().parseHex("EE" + hex + "EE");
        return ClosePayload.decode(bytes, 1, bytes.length - 2, true);
    }

    @Nested
    class Status {

        @ParameterizedTest
        @CsvSource({
            "0,999,false",
            "1000,1003,true",
            "1004,1006,false",
            "1007,1014,true",
            "1015,1015,false",
            "1016,2999,false",
            "3000,3999,true",
            "4000,4999,true",
            "5000,65535,false"
        })
        @Tag("R6455-K-02+")
        @Tag("R6455-Z-20+")
        @Tag("R6455-Z-21+-")
        @Tag("R6455-Z-22+-")
        @Tag("R6455-Z-23+-")
        @Tag("R6455-Z-24+-")
        @Tag("R6455-Z-25+-")
        @Tag("R6455-Z-26+-")
        @Tag("R6455-Z-27+")
        @Tag("R6455-Z-28+")
        @Tag("R6455-Z-29+-")
        void everyStatusOfTheRangeIsJudged(int first, int last, boolean good) {
            for (int status = first; status <= last; status++) {
                byte[] body = {(byte) (status >>> 8), (byte) status};
                assertThat(ClosePayload.isReceivable(status))
                        .as("status %d", status)
                        .isEqualTo(good);
                assertThat(ClosePayload.isSendable(status))
                        .as("status %d", status)
                        .isEqualTo(good);
                assertThat(ClosePayload.decode(body, 0, 2, true)).isEqualTo(good ? status : Fault.CLOSE_STATUS_INVALID);
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, -1000, 65_536, 66_536, Integer.MIN_VALUE, Integer.MAX_VALUE})
        void whatDoesNotFitTwoBytesIsNoStatus(int status) {
            assertThat(ClosePayload.isReceivable(status)).isFalse();
            assertThat(ClosePayload.isSendable(status)).isFalse();
        }
    }

    @Nested
    class Decoding {

        @Test
        @Tag("R6455-K-01+")
        void noBodyIsNoStatus() {
            assertThat(decode("")).isEqualTo(1005);
        }

        @Test
        @Tag("R6455-K-01-")
        void oneByteIsHalfAStatus() {
            assertThat(IntStream.range(0, 256).map(value -> decode(String.format("%02x", value))))
                    .hasSize(256)
                    .containsOnly(Fault.CLOSE_BODY_ONE_BYTE);
        }

        @ParameterizedTest
        @CsvSource({
            "03e8476f6f64,1000",
            "0fa0e282ac,4000",
            "03e8f09f9880,1000",
            "03e8ff,-11",
            "03e8c080,-11",
            "03e8eda080,-11",
            "03e8e282,-11",
            "03e8476fc3,-11",
            "03edff,-10"
        })
        @Tag("R6455-K-03+-")
        @Tag("R6455-E-01+-")
        void theReasonIsCompleteUtf8(String body, int expected) {
            assertThat(decode(body)).isEqualTo(expected);
        }

        @Test
        void theReasonIsNotLookedAtWhenToldSo() {
            byte[] body = HexFormat.of().parseHex("03e8ff");
            assertThat(ClosePayload.decode(body, 0, 3, false)).isEqualTo(1000);
        }

        @Test
        void theLongestReasonIsChecked() {
            byte[] body = new byte[125];
            Arrays.fill(body, (byte) 'x');
            body[0] = 0x03;
            body[1] = (byte) 0xE9;
            assertThat(ClosePayload.decode(body, 0, 125, true)).isEqualTo(1001);
            body[124] = (byte) 0xC3;
            assertThat(ClosePayload.decode(body, 0, 125, true)).isEqualTo(Fault.CLOSE_REASON_NOT_UTF8);
        }
    }

    @Nested
    class Encoding {

        @Test
        @Tag("R6455-K-02+-")
        void theStatusIsBigEndianBeforeTheReason() {
            byte[] swapped = HexFormat.of().parseHex("e903");
            assertThat(ClosePayload.decode(swapped, 0, 2, true)).isEqualTo(Fault.CLOSE_STATUS_INVALID);
            byte[] target = new byte[10];
            byte[] reason = "[gone]".getBytes(StandardCharsets.UTF_8);
            assertThat(ClosePayload.encode(target, 1, 1001, reason, 1, 4)).isEqualTo(6);
            assertThat(target).isEqualTo(HexFormat.of().parseHex("0003e9676f6e65000000"));
        }

        @Test
        void noStatusIsNoBody() {
            byte[] target = new byte[2];
            assertThat(ClosePayload.encode(target, 0, ClosePayload.NO_STATUS, NOTHING, 0, 0))
                    .isZero();
            assertThat(target).containsOnly(0);
        }

        @Test
        void everySendableStatusComesBack() {
            byte[] target = new byte[2];
            IntStream.range(0, 65_536).filter(ClosePayload::isSendable).forEach(status -> {
                assertThat(ClosePayload.encode(target, 0, status, NOTHING, 0, 0))
                        .isEqualTo(2);
                assertThat(ClosePayload.decode(target, 0, 2, true)).isEqualTo(status);
            });
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_536})
        void aStatusThatMustNotBeSentIsRefusedAndNothingIsWritten(int status) {
            byte[] target = new byte[2];
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ClosePayload.encode(target, 0, status, NOTHING, 0, 0));
            assertThat(target).containsOnly(0);
        }

        @Test
        @Tag("R6455-Z-32+-")
        void aReasonHasAtMost123Bytes() {
            byte[] target = new byte[200];
            byte[] reason = new byte[124];
            assertThat(ClosePayload.encode(target, 0, 1000, reason, 0, ClosePayload.MAX_REASON_BYTES))
                    .isEqualTo(FrameHeader.MAX_CONTROL_PAYLOAD);
            assertThatIllegalArgumentException().isThrownBy(() -> ClosePayload.encode(target, 0, 1000, reason, 0, 124));
            assertThatIllegalArgumentException().isThrownBy(() -> ClosePayload.encode(target, 0, 1000, reason, 0, -1));
        }

        @Test
        void aReasonNeedsAStatus() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ClosePayload.encode(new byte[9], 0, ClosePayload.NO_STATUS, new byte[1], 0, 1));
        }
    }
}

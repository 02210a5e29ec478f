package io.wsprotocol.wire;

import static io.wsprotocol.wire.FrameHeader.B0_FIN;
import static io.wsprotocol.wire.FrameHeader.MASK_FORBIDDEN;
import static io.wsprotocol.wire.FrameHeader.MASK_OPTIONAL;
import static io.wsprotocol.wire.FrameHeader.MASK_REQUIRED;
import static io.wsprotocol.wire.FrameHeader.NEED_MORE;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers against the picture of RFC 6455 §5.2, and against a slow model that follows its words. */
class FrameHeaderTests {

    private static final int KEY = 0x37FA213D;

    /** Where the header stands that was decoded last. */
    private byte[] array = {};

    private int offset;
    private int size;

    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replace(" ", ""));
    }

    private int decode(String bytes, int maskRule, int allowedRsv) {
        byte[] decoded = hex(bytes);
        return decode(decoded, 0, decoded.length, maskRule, allowedRsv);
    }

    private int decode(byte[] bytes, int at, int available, int maskRule, int allowedRsv) {
        array = bytes;
        offset = at;
        size = FrameHeader.decode(bytes, at, available, maskRule, allowedRsv);
        return size;
    }

    private int decode(String bytes, int maskRule) {
        return decode(bytes, maskRule, 0);
    }

    @Nested
    class AgainstTheModel {

        /** RFC 6455 §5.2 word by word over a string of bits; RFC 7692 §6.1 for reserved bits that were claimed. */
        private static int model(byte[] bytes, int maskRule, int allowedRsv) {
            String bits = String.format("%" + 8 * bytes.length + "s", new BigInteger(1, bytes).toString(2))
                    .replace(' ', '0');
            boolean fin = bits.charAt(0) == '1';
            int rsv = Integer.parseInt(bits.substring(1, 4), 2) << 4;
            int opcode = Integer.parseInt(bits.substring(4, 8), 2);
            if ((rsv | allowedRsv) != allowedRsv) {
                return Fault.RESERVED_BITS;
            }
            if (!Set.of(0, 1, 2, 8, 9, 10).contains(opcode)) {
                return Fault.RESERVED_OPCODE;
            }
            if (rsv != 0 && !Set.of(1, 2).contains(opcode)) {
                return Fault.RESERVED_BITS;
            }
            if (opcode >= 8 && !fin) {
                return Fault.FRAGMENTED_CONTROL;
            }
            boolean mask = bits.charAt(8) == '1';
            if (maskRule == MASK_REQUIRED && !mask) {
                return Fault.MASK_MISSING;
            }
            if (maskRule == MASK_FORBIDDEN && mask) {
                return Fault.MASK_UNEXPECTED;
            }
            int lengthField = Integer.parseInt(bits.substring(9, 16), 2);
            if (opcode >= 8 && lengthField >= 126) {
                return Fault.CONTROL_TOO_LONG;
            }
            int lengthBytes = lengthField == 127 ? 8 : lengthField == 126 ? 2 : 0;
            if (lengthBytes > 0) {
                BigInteger length = new BigInteger(bits.substring(16, 16 + 8 * lengthBytes), 2);
                if (length.bitLength() == 64) {
                    return Fault.LENGTH_NEGATIVE;
                }
                if (length.compareTo(BigInteger.valueOf(lengthBytes == 8 ? 65_536 : 126)) < 0) {
                    return Fault.LENGTH_NOT_MINIMAL;
                }
            }
            return 2 + lengthBytes + (mask ? 4 : 0);
        }

        @ParameterizedTest
        @CsvSource({"0,0x00", "0,0x40", "0,0x70", "1,0x00", "1,0x40", "1,0x70", "2,0x00", "2,0x40", "2,0x70"})
        @Tag("sweep")
        @Tag("R6455-F-02+-")
        @Tag("R6455-F-04+-")
        @Tag("R6455-F-06+-")
        @Tag("R6455-F-07+-")
        @Tag("R6455-F-08+-")
        @Tag("R6455-F-23+-")
        @Tag("R6455-F-24+-")
        @Tag("R7692-P-13+-")
        @Tag("R7692-P-14+-")
        @Tag("R7692-P-16+-")
        void everyPairOfFirstBytesIsJudgedAlike(int maskRule, String allowed) {
            int allowedRsv = Integer.decode(allowed);
            // After the pair: a length that needs both its forms, too short for both, and negative as 64 bits.
            String[] rests = {
                "0001 0000 0000 0000 00000000", "0000 0000 0000 0001 00000000", "FFFF 0000 0000 0000 00000000"
            };
            for (String rest : rests) {
                byte[] bytes = hex("0000" + rest);
                for (int pair = 0; pair < 0x1_0000; pair++) {
                    bytes[0] = (byte) (pair >>> 8);
                    bytes[1] = (byte) pair;
                    int result = decode(bytes, 0, bytes.length, maskRule, allowedRsv);
                    int expected = model(bytes, maskRule, allowedRsv);
                    if (result != expected) {
                        assertThat(result).as("pair %04x, rest %s", pair, rest).isEqualTo(expected);
                    }
                    if (result > 0) {
                        checkFields(pair);
                    }
                }
            }
        }

        private void checkFields(int pair) {
            boolean masked = (pair & 0x80) != 0;
            int key = masked ? ByteBuffer.wrap(array).getInt(offset + size - 4) : 0;
            boolean right =
                    FrameHeader.isMasked(array, offset) == masked && FrameHeader.maskingKey(array, offset, size) == key;
            assertThat(right).as("mask of pair %04x", pair).isTrue();
        }
    }

    @Nested
    class Lengths {

        private static Set<Long> interesting() {
            Set<Long> lengths = new TreeSet<>(Set.of(0L, 125L, 126L, 127L, 65_535L, 65_536L, Long.MAX_VALUE));
            for (int exponent = 0; exponent < 63; exponent++) {
                lengths.addAll(Set.of((1L << exponent) - 1, 1L << exponent, (1L << exponent) + 1));
            }
            return lengths;
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        @Tag("R6455-F-09+")
        @Tag("R6455-F-11+")
        @Tag("R6455-F-12+")
        @Tag("R6455-F-14+")
        void whatIsEncodedIsMinimalAndDecodesToTheSame(boolean masked) {
            for (long length : interesting()) {
                byte[] bytes = new byte[20];
                Arrays.fill(bytes, (byte) 0xEE);
                int size = FrameHeader.encode(bytes, 3, B0_FIN | Opcode.BINARY, length, masked, KEY);

                assertThat(size)
                        .isEqualTo((length < 126 ? 2 : length < 65_536 ? 4 : 10) + (masked ? 4 : 0))
                        .isEqualTo(FrameHeader.encodedLength(length, masked));
                assertThat(bytes[2]).isEqualTo((byte) 0xEE);
                assertThat(Arrays.copyOfRange(bytes, 3 + size, 20)).containsOnly(0xEE);

                for (int available = 0; available < size; available++) {
                    assertThat(decode(bytes, 3, available, MASK_OPTIONAL, 0)).isEqualTo(NEED_MORE);
                }
                assertThat(decode(bytes, 3, size, masked ? MASK_REQUIRED : MASK_FORBIDDEN, 0))
                        .isEqualTo(size);
                assertThat(FrameHeader.payloadLength(array, offset)).isEqualTo(length);
                assertThat(FrameHeader.isMasked(array, offset)).isEqualTo(masked);
                assertThat(FrameHeader.maskingKey(array, offset, size)).isEqualTo(masked ? KEY : 0);
                assertThat(array[offset]).isEqualTo((byte) 0x82);
                if (length < 65_536) {
                    assertThat(FrameHeader.payloadLength16(array, offset)).isEqualTo((int) length);
                }
            }
        }

        @Test
        @Tag("sweep")
        @Tag("R6455-F-11+-")
        void everyLengthBelow126IsRefusedIn16Bits() {
            for (int length = 0; length < 0x1_0000; length++) {
                int expected = length < 126 ? Fault.LENGTH_NOT_MINIMAL : 4;
                int result = decode(String.format("827E%04X", length), MASK_FORBIDDEN);
                if (result != expected) {
                    assertThat(result).as("length %d", length).isEqualTo(expected);
                }
            }
        }

        @ParameterizedTest
        @CsvSource({
            "0000000000000000,-7",
            "000000000000007D,-7",
            "000000000000FFFF,-7",
            "0000000000010000,10",
            "7FFFFFFFFFFFFFFF,10",
            "8000000000000000,-8",
            "FFFFFFFFFFFFFFFF,-8"
        })
        @Tag("R6455-F-10+-")
        @Tag("R6455-F-11+-")
        void sixtyFourBitsAreForLengthsThatNeedThemAndAreNotNegative(String length, int expected) {
            assertThat(decode("827F" + length, MASK_FORBIDDEN)).isEqualTo(expected);
        }
    }

    @Nested
    class EarlyDetection {

        @ParameterizedTest
        @CsvSource({
            "C1,-1", "A1,-1", "91,-1", "83,-2", "87,-2", "8B,-2", "8F,-2", "08,-3", "09,-3", "0A,-3", // byte 1
            "C0,-1", "C8,-1", "C3,-1", // which fault of several: the reserved bits
            "81,0", "80,0", "00,0", "88,0"
        })
        @Tag("R6455-F-06-")
        @Tag("R6455-F-07-")
        @Tag("R6455-F-08-")
        @Tag("R6455-F-23-")
        void oneByteIsEnough(String bytes, int expected) {
            assertThat(decode(bytes, MASK_OPTIONAL)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({"C1,0", "41,0", "C2,0", "C0,-1", "40,-1", "C8,-1", "C9,-1", "CA,-1", "C3,-2", "E1,-1"})
        @Tag("R7692-P-13+-")
        @Tag("R7692-P-14+-")
        @Tag("R7692-P-15+-")
        void aClaimedBitStandsOnlyOnTheFirstFrameOfAMessage(String bytes, int expected) {
            assertThat(decode(bytes, MASK_OPTIONAL, FrameHeader.B0_RSV1)).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({"8100,1,-4", "8180,0,-5", "817F,1,-4", "81FF,0,-5", "8180,1,0", "8180,2,0", "8100,2,2", "8100,0,2"})
        @Tag("R6455-F-02-")
        @Tag("R6455-F-04-")
        void theMaskBitIsJudgedOnByteTwo(String bytes, int maskRule, int expected) {
            assertThat(decode(bytes, maskRule)).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(strings = {"887D", "897D", "8A7D"})
        @Tag("R6455-F-24+")
        void aControlFrameMayHave125Bytes(String bytes) {
            assertThat(decode(bytes, MASK_FORBIDDEN)).isEqualTo(2);
        }

        @ParameterizedTest
        @ValueSource(strings = {"887E", "887F", "897E", "897F", "8A7E", "8A7F", "89FE", "8AFF"})
        @Tag("R6455-F-24-")
        void aLongControlFrameIsRefusedOnByteTwo(String bytes) {
            assertThat(decode(bytes, MASK_OPTIONAL)).isEqualTo(Fault.CONTROL_TOO_LONG);
        }

        @ParameterizedTest
        @CsvSource({
            "827F80,-8",
            "827FFF,-8",
            "827F7F,0",
            "827F00,0",
            "827F0000000000,0",
            "827F000000000000,-7",
            "827F00000000000001,-7",
            "827F000000000100,0",
            "827F010000000000,0",
            "82FE0000,-7",
            "82FE007D,-7",
            "82FE00,0",
            "82FE007E,0",
            "82FF80,-8",
            "82FF000000000000,-7"
        })
        @Tag("R6455-F-10-")
        @Tag("R6455-F-11-")
        void aBadLengthIsRefusedWithTheByteThatProvesIt(String bytes, int expected) {
            assertThat(decode(bytes, MASK_OPTIONAL)).isEqualTo(expected);
        }

        @Test
        void aFaultDoesNotDependOnHowManyBytesFollow() {
            String[] faults = {"C100", "8300", "0800", "8180", "887E", "827E0001", "827F8000000000000000"};
            for (String fault : faults) {
                byte[] bytes = Arrays.copyOf(hex(fault), 32);
                int known = decode(bytes, 0, 32, MASK_FORBIDDEN, 0);
                assertThat(known).isNegative();
                for (int available = 0; available < 32; available++) {
                    assertThat(decode(bytes, 0, available, MASK_FORBIDDEN, 0)).isIn(NEED_MORE, known);
                }
            }
        }

        @Test
        void nothingIsReadBeyondWhatIsAvailable() {
            byte[] bytes = hex("82FF 0000000000010000 37FA213D");
            for (int available = 0; available < bytes.length; available++) {
                byte[] exact = Arrays.copyOf(bytes, available);
                assertThat(decode(exact, 0, available, MASK_REQUIRED, 0)).isEqualTo(NEED_MORE);
            }
            assertThat(decode(bytes, 0, bytes.length, MASK_REQUIRED, 0)).isEqualTo(FrameHeader.MAX_BYTES);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8105, 0x81, 5, false",
        "818537FA213D, 0x81, 5, true",
        "0103, 0x01, 3, false",
        "8002, 0x80, 2, false",
        "8905, 0x89, 5, false",
        "8A8537FA213D, 0x8A, 5, true",
        "827E0100, 0x82, 256, false",
        "827F0000000000010000, 0x82, 65536, false"
    })
    @Tag("R6455-F-34+")
    void theExamplesOfTheRfcComeOutBothWays(String bytes, String byte0, long length, boolean masked) {
        byte[] target = new byte[FrameHeader.MAX_BYTES];
        int size = FrameHeader.encode(target, 0, Integer.decode(byte0), length, masked, KEY);

        assertThat(Arrays.copyOf(target, size)).isEqualTo(hex(bytes));
        assertThat(decode(bytes, masked ? MASK_REQUIRED : MASK_FORBIDDEN)).isEqualTo(size);
        assertThat(FrameHeader.payloadLength(array, offset)).isEqualTo(length);
    }
}

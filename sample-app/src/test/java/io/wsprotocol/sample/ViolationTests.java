package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.RawConnection.Frame;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A peer that breaks the protocol gets one Close with the right status and then the end; others notice nothing. */
@SampleTest
class ViolationTests {

    @LocalServerPort
    private int port;

    @ParameterizedTest(name = "{0} → {2}")
    @CsvSource(delimiter = '|', textBlock = """
            frame without mask                    | 81 02 48 69                                  | 1002
            reserved bit 1                        | c1 80 00000000                               | 1002
            reserved bit 2                        | a1 80 00000000                               | 1002
            reserved bit 3                        | 91 80 00000000                               | 1002
            unknown data opcode                   | 83 80 00000000                               | 1002
            unknown control opcode                | 8b 80 00000000                               | 1002
            fragmented ping                       | 09 80 00000000                               | 1002
            ping of 126 bytes                     | 89 fe 007e 00000000                          | 1002
            continuation of nothing               | 80 80 00000000                               | 1002
            text inside a fragmented text         | 01 81 00000000 61 81 81 00000000 61          | 1002
            length not in its shortest form       | 82 fe 0001 00000000 61                       | 1002
            length with the highest bit           | 82 ff 8000000000000000 00000000              | 1002
            close of one byte                     | 88 81 00000000 03                            | 1002
            close with 1005                       | 88 82 00000000 03ed                          | 1002
            close with 999                        | 88 82 00000000 03e7                          | 1002
            close with a reason that is not UTF-8 | 88 83 00000000 03e8 ff                       | 1007
            text that is not UTF-8                | 81 81 00000000 ff                            | 1007
            text with an encoded surrogate        | 81 83 00000000 eda080                        | 1007
            text that ends inside a character     | 81 81 00000000 c3                            | 1007
            frame over the limit                  | 82 ff 0000000004000001 00000000              | 1009
            """)
    void eachViolationIsAnsweredByOneCloseAndTheEnd(String name, String hex, int status) throws Exception {
        try (RawConnection bystander = RawConnection.open(port, "/echo");
                RawConnection culprit = RawConnection.open(port, "/echo")) {
            culprit.send(HexFormat.of().parseHex(hex.replace(" ", "")));

            List<Frame> frames = culprit.framesUntilEnd();
            assertThat(frames).as(name).hasSize(1);
            assertThat(frames.get(0).isClose()).isTrue();
            assertThat(frames.get(0).closeStatus()).isEqualTo(status);
            assertAlive(bystander);
        }
    }

    @Test
    void nothingAfterAViolationIsEchoed() throws Exception {
        try (RawConnection culprit = RawConnection.open(port, "/echo")) {
            culprit.send(HexFormat.of().parseHex("8380000000008182000000004869"));

            assertThat(culprit.framesUntilEnd()).hasSize(1).allMatch(Frame::isClose);
        }
    }

    @Test
    void aMessageOverTheChatsOwnLimitIsRefused() throws Exception {
        try (RawConnection culprit = RawConnection.open(port, "/chat")) {
            byte[] half = new byte[ChatHandler.MAX_MESSAGE_BYTES / 2 + 1];
            culprit.sendFrame(0x01, half);
            culprit.sendFrame(0x80, half);

            Frame close = culprit.frame();
            assertThat(close.isClose()).isTrue();
            assertThat(close.closeStatus()).isEqualTo(1009);
            culprit.sendFrame(0x88, close.payload());
            assertThat(culprit.framesUntilEnd()).isEmpty();
        }
    }

    @Test
    void aCloseIsAnsweredWithItsOwnStatusAndTheEnd() throws Exception {
        try (RawConnection connection = RawConnection.open(port, "/echo")) {
            connection.sendFrame(0x88, (byte) 0x0f, (byte) 0xa0);

            List<Frame> frames = connection.framesUntilEnd();
            assertThat(frames).hasSize(1).allMatch(Frame::isClose);
            assertThat(frames.get(0).closeStatus()).isEqualTo(4000);
        }
    }

    @Test
    void aPingInsideAFragmentedMessageIsAnsweredBeforeTheMessageEnds() throws Exception {
        try (RawConnection connection = RawConnection.open(port, "/echo")) {
            connection.sendFrame(0x01, bytes("one "));
            connection.sendFrame(0x89, bytes("ping"));
            assertThat(connection.frame()).isEqualTo(new Frame(0x8a, bytes("ping")));

            connection.sendFrame(0x80, bytes("two"));
            assertThat(connection.frame()).isEqualTo(new Frame(0x81, bytes("one two")));
        }
    }

    private static void assertAlive(RawConnection connection) throws Exception {
        connection.sendFrame(0x81, bytes("still here"));
        assertThat(connection.frame()).isEqualTo(new Frame(0x81, bytes("still here")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

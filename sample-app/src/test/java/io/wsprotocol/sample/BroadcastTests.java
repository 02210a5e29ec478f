package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.wsprotocol.sample.RawConnection.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The broadcast over real connections. */
@SampleTest
class BroadcastTests {

    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;

    @LocalServerPort
    private int port;

    @Test
    void everybodyHearsEverythingInOrderTheSpeakerToo() throws Exception {
        try (RawConnection reader = RawConnection.open(port, "/broadcast");
                RawConnection speaker = RawConnection.open(port, "/broadcast")) {
            awaitReaders(speaker, reader);
            for (int i = 0; i < 100; i++) {
                byte[] words = ("message " + i + " é漢😀").getBytes(StandardCharsets.UTF_8);
                int kind = i % 2 == 0 ? TEXT : BINARY;
                speaker.sendFrame(kind, words);

                assertThat(speaker.frame()).isEqualTo(new Frame(kind, words));
                assertThat(reader.frame()).isEqualTo(new Frame(kind, words));
            }
        }
    }

    @Test
    void aMessageBeyondTheLimitOfTheBroadcastIsRefused() throws Exception {
        try (RawConnection speaker = RawConnection.open(port, "/broadcast")) {
            speaker.sendFrame(BINARY, new byte[BroadcastHandler.MAX_MESSAGE_BYTES + 1]);

            Frame answer = speaker.frame();
            assertThat(answer.isClose()).isTrue();
            assertThat(answer.closeStatus()).isEqualTo(1009);
        }
    }

    @Test
    void aReaderWhoDoesNotReadHoldsUpNobodyAndIsDropped() throws Exception {
        try (RawConnection sleeper = RawConnection.openNarrow(port, "/broadcast");
                RawConnection speaker = RawConnection.open(port, "/broadcast")) {
            awaitReaders(speaker, sleeper);
            // The mailbox of one who does not read takes 16 MiB, the server's socket 4 MiB on a usual Linux, the send
            // queue one.
            int messages = 3 * Mailbox.MOST_MESSAGES;
            byte[] bytes = new byte[BroadcastHandler.MAX_MESSAGE_BYTES];
            for (int i = 0; i < messages; i++) {
                speaker.sendFrame(BINARY, bytes);
                assertThat(speaker.frame().payload()).hasSize(bytes.length);
            }
            assertThat(framesUntilDropped(sleeper)).isLessThan(messages);
        }
    }

    /** {@return how many frames still came} The server's Close may come behind them, or a reset instead. */
    private static int framesUntilDropped(RawConnection reader) throws IOException {
        int frames = 0;
        try {
            while (!reader.frame().isClose()) {
                frames++;
            }
        } catch (EOFException | SocketException e) {
            return frames;
        }
        return frames;
    }

    /** Returns when the server has both as readers: a handshake is answered before the handler hears of the session. */
    private static void awaitReaders(RawConnection speaker, RawConnection reader) throws IOException {
        speaker.sendFrame(TEXT, (byte) '1');
        assertThat(speaker.frame()).isEqualTo(new Frame(TEXT, new byte[] {'1'}));
        reader.sendFrame(TEXT, (byte) '2');
        for (RawConnection each : List.of(speaker, reader)) {
            Frame heard = each.frame();
            while (!heard.equals(new Frame(TEXT, new byte[] {'2'}))) {
                heard = each.frame();
            }
        }
    }
}

package io.wsprotocol.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A client of an echo, by whomever, for one connection. */
interface Correspondent extends AutoCloseable {

    int SECONDS = 20;

    /** How many of the messages have no byte. */
    int EMPTY = 4;

    int[] SIZES = {0, 1, 125, 126, 1000, 65_535, 65_536, 200_000};

    /** {@return what the server answered in {@code Sec-WebSocket-Extensions}; empty when nothing} */
    String agreed() throws Exception;

    /** Sends one message and returns the message that comes back. */
    Letter echo(Letter letter) throws Exception;

    /** Closes with 1000 and returns the status that the server answers. */
    int closeNormally() throws Exception;

    @Override
    void close() throws IOException;

    /** {@return how many messages it were} Sends both types in all sizes, each twice, so that the second could refer to the first. */
    default int exchangeAll() throws Exception {
        List<Letter> letters = new ArrayList<>();
        for (int size : SIZES) {
            letters.addAll(List.of(Letter.words(size), Letter.words(size)));
            letters.addAll(List.of(Letter.halfNoise(size), Letter.halfNoise(size)));
        }
        for (Letter letter : letters) {
            assertThat(echo(letter).same(letter)).as("%s came back", letter).isTrue();
        }
        assertThat(closeNormally()).isEqualTo(1000);
        return letters.size();
    }
}

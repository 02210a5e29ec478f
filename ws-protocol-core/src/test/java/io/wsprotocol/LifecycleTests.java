package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of states; also holds the pictures of them in ARCHITECTURE.md to the code. */
@Tag("WSPC-3.1")
class LifecycleTests {

    private static final Path ARCHITECTURE = Path.of("ARCHITECTURE.md");

    @Test
    void aHandleLivesOnce() {
        assertMoves(Lifecycle.HANDLE_MOVES, HandleState.class, Lifecycle::to, Lifecycle::handle);
        assertThat(Lifecycle.HANDLE_MOVES.get(HandleState.DELETED)).isEmpty();
    }

    @Test
    void theSendSideNeverComesBack() {
        assertMoves(Lifecycle.SEND_MOVES, SendState.class, Lifecycle::to, Lifecycle::send);
        assertThat(Lifecycle.SEND_MOVES.get(SendState.BROKEN)).isEmpty();
    }

    @Test
    void theReceiveSideNeverComesBack() {
        assertMoves(Lifecycle.RECEIVE_MOVES, ReceiveState.class, Lifecycle::to, Lifecycle::receive);
        assertThat(Lifecycle.RECEIVE_MOVES.get(ReceiveState.FAILED)).isEmpty();
    }

    @Test
    void pingsDeserveAPongFromTheOpeningUntilThePeersCloseOrABrokenStream() {
        Lifecycle lifecycle = new Lifecycle();
        assertThat(lifecycle.mayAnswerPings()).isFalse();
        lifecycle.to(HandleState.HANDSHAKING);
        assertThat(lifecycle.mayAnswerPings()).isFalse();
        lifecycle.to(HandleState.OPEN);
        assertThat(lifecycle.mayAnswerPings()).isTrue();
        lifecycle.to(SendState.CLOSE_QUEUED);
        assertThat(lifecycle.mayAnswerPings()).isTrue();
        lifecycle.to(ReceiveState.CLOSED);
        assertThat(lifecycle.mayAnswerPings()).isFalse();
        lifecycle = new Lifecycle();
        lifecycle.to(HandleState.HANDSHAKING);
        lifecycle.to(HandleState.OPEN);
        lifecycle.to(SendState.BROKEN);
        assertThat(lifecycle.mayAnswerPings()).isFalse();
    }

    /** Walks every path through the table and tries every other move on the way. */
    private static <S extends Enum<S>> void assertMoves(
            Map<S, Set<S>> moves, Class<S> type, BiConsumer<Lifecycle, S> move, Function<Lifecycle, S> state) {
        assertThat(moves.keySet()).isEqualTo(EnumSet.allOf(type));
        walk(moves, type, move, state, List.of());
    }

    private static <S extends Enum<S>> void walk(
            Map<S, Set<S>> moves,
            Class<S> type,
            BiConsumer<Lifecycle, S> move,
            Function<Lifecycle, S> state,
            List<S> path) {
        for (S next : type.getEnumConstants()) {
            Lifecycle lifecycle = new Lifecycle();
            path.forEach(step -> move.accept(lifecycle, step));
            S from = state.apply(lifecycle);
            if (moves.getOrDefault(from, Set.of()).contains(next)) {
                walk(
                        moves,
                        type,
                        move,
                        state,
                        Stream.concat(path.stream(), Stream.of(next)).toList());
            } else {
                assertThatIllegalStateException().isThrownBy(() -> move.accept(lifecycle, next));
                assertThat(state.apply(lifecycle)).isEqualTo(from);
            }
        }
    }

    record Picture(String name, String mermaid) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Picture> pictures() {
        return Stream.of(
                new Picture("handle", mermaid(HandleState.class, Lifecycle.HANDLE_MOVES)),
                new Picture("send", mermaid(SendState.class, Lifecycle.SEND_MOVES)),
                new Picture("receive", mermaid(ReceiveState.class, Lifecycle.RECEIVE_MOVES)));
    }

    private static <S extends Enum<S>> String mermaid(Class<S> type, Map<S, Set<S>> moves) {
        StringBuilder text = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        text.append("    [*] --> ").append(type.getEnumConstants()[0]).append('\n');
        for (S from : type.getEnumConstants()) {
            for (S to : type.getEnumConstants()) {
                if (moves.getOrDefault(from, Set.of()).contains(to)) {
                    text.append("    ").append(from).append(" --> ").append(to).append('\n');
                }
            }
        }
        return text.append("```\n").toString();
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void thePictureInTheDocumentIsTheTable(Picture picture) throws IOException {
        String document = Files.readString(ARCHITECTURE);
        String begin = "<!-- states:" + picture.name + " -->\n";
        String end = "<!-- /states:" + picture.name + " -->";
        assertThat(document)
                .as("replace what stands between the markers by:%n%s", picture.mermaid)
                .contains(begin + picture.mermaid + end);
    }
}

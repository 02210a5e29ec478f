package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.wsprotocol.HandshakeResult;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.Violation;
import io.wsprotocol.WebSocketHandshakeException;
import io.wsprotocol.deflate.DeflateNegotiation.Agreement;
import io.wsprotocol.http.Extension;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link DeflateNegotiation} says beyond the table of {@link NegotiationTableTests}: several offers, and why it refuses. */
class DeflateNegotiationTests {

    private static final DeflateOptions DEFAULTS = DeflateOptions.defaults();
    private static final DeflateOptions TAKEOVER = DeflateOptions.builder()
            .serverContextTakeover(true)
            .clientContextTakeover(true)
            .build();

    @Nested
    class Server {

        private static @Nullable Agreement answer(DeflateOptions options, String... lines) {
            return DeflateNegotiation.answer(
                    options,
                    Arrays.stream(lines)
                            .map(line -> new HttpHeader("sec-websocket-extensions", line))
                            .toList());
        }

        private static @Nullable String answered(DeflateOptions options, String... lines) {
            Agreement agreement = answer(options, lines);
            return agreement == null ? null : agreement.extension();
        }

        @Test
        @Tag("R7692-P-08-")
        void declinesWhenNothingIsOffered() {
            assertThat(answer(DEFAULTS)).isNull();
            assertThat(answer(DEFAULTS, "x-webkit-deflate-frame, PERMESSAGE-DEFLATE"))
                    .isNull();
        }

        @Test
        void saysThatNoHistoryIsKept() {
            assertThat(answer(DEFAULTS, "permessage-deflate; client_max_window_bits"))
                    .isEqualTo(new Agreement(
                            new DeflateParameters(15, 15, true, true),
                            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"));
        }

        @Test
        void saysNothingWhenHistoryIsWanted() {
            assertThat(answer(TAKEOVER, "permessage-deflate; client_max_window_bits"))
                    .isEqualTo(new Agreement(DeflateParameters.PLAIN, "permessage-deflate"));
        }

        @Test
        @Tag("R7692-P-03+-")
        void takesTheFirstOfferThatItCan() {
            String answer = answered(
                    TAKEOVER,
                    "foo, permessage-deflate; server_max_window_bits=10; x",
                    "permessage-deflate; server_max_window_bits=11, permessage-deflate");

            assertThat(answer).isEqualTo("permessage-deflate; server_max_window_bits=11");
        }

        @Test
        @Tag("R7692-P-18-")
        @Tag("R7692-P-19-")
        @Tag("R7692-P-20-")
        void declinesWhenEveryOfferIsWrong() {
            assertThat(answer(
                            DEFAULTS,
                            "permessage-deflate; foo",
                            "permessage-deflate; server_max_window_bits",
                            "permessage-deflate; server_no_context_takeover=1",
                            "permessage-deflate; client_max_window_bits; client_max_window_bits=9"))
                    .isNull();
        }

        @Test
        void namesThatEveryObjectHasSomewhereAreUnknownLikeOthers() {
            assertThat(answer(DEFAULTS, "constructor, __proto__; toString, permessage-deflate; constructor"))
                    .isNull();
        }

        @Test
        void theLastParameterOfALongOfferCounts() {
            assertThat(answered(
                            TAKEOVER,
                            "permessage-deflate;client_max_window_bits=\"9\" ; server_max_window_bits = 15;"
                                    + "client_no_context_takeover;server_no_context_takeover"))
                    .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                            + "server_max_window_bits=15; client_max_window_bits=9");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "permessage-deflate; server_max_window_bits=",
                    "permessage-deflate; =9",
                    "permessage-deflate; server_max_window_bits=\"\"",
                    "permessage-deflate;",
                    "permessage-deflate,",
                    "permessage-deflate; server_max_window_bits=9 9"
                })
        void agreesToNothingInAHeaderThatIsNone(String header) {
            assertThat(answer(DEFAULTS, header)).isNull();
        }

        @Test
        void agreesToNothingBeyondTheLimitsOfTheHeader() {
            String offers = String.join(
                    ", ",
                    IntStream.range(0, 9).mapToObj(i -> "permessage-deflate").toList());
            assertThat(answer(DEFAULTS, offers)).isNull();
        }
    }

    @Nested
    class Client {

        private static HandshakeResult result(String... selected) {
            return new HandshakeResult(
                    null,
                    OptionalInt.empty(),
                    List.of(selected),
                    IntStream.range(0, selected.length).boxed().toList());
        }

        @Test
        @Tag("R7692-P-01+")
        @Tag("R7692-P-35+")
        void offersWhatItWants() {
            assertThat(DeflateNegotiation.offer(DEFAULTS))
                    .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                            + "client_max_window_bits");
            assertThat(DeflateNegotiation.offer(TAKEOVER)).isEqualTo("permessage-deflate; client_max_window_bits");
            assertThat(DeflateNegotiation.offer(TAKEOVER.toBuilder()
                            .serverMaxWindowBits(9)
                            .clientMaxWindowBits(10)
                            .build()))
                    .isEqualTo("permessage-deflate; server_max_window_bits=9; client_max_window_bits=10");
        }

        @Test
        void goesOnUncompressedWhenTheServerDeclines() {
            assertThat(DeflateNegotiation.judge(DEFAULTS, result())).isNull();
            assertThat(DeflateNegotiation.judge(DEFAULTS, result("x-own; a=b"))).isNull();
        }

        @Test
        @Tag("R7692-P-34+")
        void takesAWindowOfTheServerThatItDidNotAskFor() {
            assertThat(DeflateNegotiation.judge(TAKEOVER, result("permessage-deflate; server_max_window_bits=8")))
                    .isEqualTo(new DeflateParameters(8, 15, false, false));
        }

        @Test
        @Tag("R7692-P-05-")
        @Tag("R7692-P-07-")
        void refusesAnotherExtensionBesideIt() {
            refuses(Violation.DEFLATE_NOT_OFFERED, "alone", "permessage-deflate", "x-own");
            refuses(Violation.DEFLATE_NOT_OFFERED, "alone", "x-own", "permessage-deflate");
        }

        @ParameterizedTest
        @CsvSource({
            "DEFLATE_PARAMETER_UNKNOWN, RFC 7692 does not define, permessage-deflate; s3cr3t",
            "DEFLATE_VALUE_INVALID, has another value, permessage-deflate; server_max_window_bits=16",
            "DEFLATE_VALUE_INVALID, has no value, permessage-deflate; client_max_window_bits",
            "DEFLATE_VALUE_INVALID, has a value, permessage-deflate; client_no_context_takeover=s3cr3t",
            "DEFLATE_PARAMETER_TWICE, stands twice, permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
            "DEFLATE_NOT_OFFERED, no server_no_context_takeover, permessage-deflate",
        })
        @Tag("R7692-P-11-")
        @Tag("R7692-P-22-")
        @Tag("R7692-P-23-")
        @Tag("R7692-P-24-")
        @Tag("R7692-P-25-")
        void saysWhyItRefuses(Violation violation, String why, String answer) {
            refuses(violation, why, answer);
        }

        @Test
        @Tag("R7692-P-37-")
        void refusesAWindowOfTheServerThatIsLargerThanItAskedFor() {
            DeflateOptions options =
                    TAKEOVER.toBuilder().serverMaxWindowBits(10).build();
            refuses(options, "of 11 bits", "permessage-deflate; server_max_window_bits=11");
            refuses(options, "of 15 bits", "permessage-deflate");
        }

        @Test
        @Tag("R7692-P-36-")
        void refusesALimitOfItsWindowThatItDidNotOffer() {
            DeflateTerms offer = new DeflateTerms(false, false, DeflateTerms.ABSENT, DeflateTerms.ABSENT);
            Extension answer = new Extension(
                    "permessage-deflate", List.of(new Extension.Parameter("client_max_window_bits", "12")));

            assertThatThrownBy(() -> DeflateNegotiation.judge(TAKEOVER, offer, answer))
                    .asInstanceOf(type(WebSocketHandshakeException.class))
                    .extracting(WebSocketHandshakeException::violation)
                    .isEqualTo(Violation.DEFLATE_NOT_OFFERED);
            Extension silent = new Extension("permessage-deflate", List.of());
            assertThat(DeflateNegotiation.judge(TAKEOVER, offer, silent)).isEqualTo(DeflateParameters.PLAIN);
        }

        @Test
        void refusesToJudgeWhatIsNoExtension() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DeflateNegotiation.judge(DEFAULTS, result("permessage-deflate; =")));
        }

        private static void refuses(DeflateOptions options, String why, String... selected) {
            assertThatThrownBy(() -> DeflateNegotiation.judge(options, result(selected)))
                    .isInstanceOf(WebSocketHandshakeException.class)
                    .hasMessageContaining(why);
        }

        private static void refuses(Violation violation, String why, String... selected) {
            assertThatThrownBy(() -> DeflateNegotiation.judge(DEFAULTS, result(selected)))
                    .hasMessageStartingWith(violation + " (" + violation.id() + ", RFC 7692 §7.1): ")
                    .hasMessageContaining(why)
                    .hasMessageNotContaining("s3cr3t")
                    .asInstanceOf(type(WebSocketHandshakeException.class))
                    .extracting(WebSocketHandshakeException::violation)
                    .isEqualTo(violation);
        }
    }
}

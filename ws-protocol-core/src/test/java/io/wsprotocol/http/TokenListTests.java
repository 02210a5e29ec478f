package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wsprotocol.http.HeaderSyntaxException.Rule;
import io.wsprotocol.http.TokenList.Limits;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenListTests {

    @Nested
    class ProtocolOfARequest {

        @ParameterizedTest
        @ValueSource(strings = {"chat,superchat", "chat, superchat", " chat \t,\tsuperchat ", "chat ,superchat"})
        @Tag("R6455-S-13+")
        void whiteSpaceAroundElementsDoesNotCount(String line) throws Exception {
            assertThat(TokenList.parse(List.of(line), Limits.PROTOCOL_REQUEST)).containsExactly("chat", "superchat");
        }

        @Test
        @Tag("R6455-S-13+")
        @Tag("R6455-X-07+")
        void severalLinesAreOneListInTheirOrder() throws Exception {
            assertThat(TokenList.parse(List.of("c, a", "b"), Limits.PROTOCOL_REQUEST))
                    .containsExactly("c", "a", "b");
        }

        @Test
        void anAbsentHeaderIsAnEmptyList() throws Exception {
            assertThat(TokenList.parse(List.of(), Limits.PROTOCOL_REQUEST)).isEmpty();
        }

        @Test
        @Tag("R6455-C-27+")
        @Tag("R6455-N-01+")
        void namesThatDifferInCaseAreDifferent() throws Exception {
            assertThat(TokenList.parse(List.of("chat, Chat, CHAT"), Limits.PROTOCOL_REQUEST))
                    .containsExactly("chat", "Chat", "CHAT");
        }

        @ParameterizedTest(name = "[{0}] breaks {1} at {2}")
        @CsvSource(
                quoteCharacter = '`',
                value = {
                    "``|EMPTY_ELEMENT|0",
                    "`  `|EMPTY_ELEMENT|2",
                    "`,`|EMPTY_ELEMENT|0",
                    "`a,`|EMPTY_ELEMENT|2",
                    "`,a`|EMPTY_ELEMENT|0",
                    "`a,,b`|EMPTY_ELEMENT|2",
                    "`a, ,b`|EMPTY_ELEMENT|3",
                    "`a b`|MISSING_COMMA|2",
                    "`a, b\tc`|MISSING_COMMA|5",
                    "`a;b`|BAD_TOKEN|1",
                    "`a/b`|BAD_TOKEN|1",
                    "`\"a\"`|BAD_TOKEN|0",
                    "`a, (b)`|BAD_TOKEN|3",
                    "`é`|BAD_TOKEN|0",
                    "`aé`|BAD_TOKEN|1",
                    "`a, b, a`|DUPLICATE|6"
                },
                delimiter = '|')
        @Tag("R6455-S-13-")
        @Tag("R6455-C-26-")
        @Tag("R6455-C-27-")
        void malformedListsAreRefusedWithTheirPlace(String line, Rule rule, int position) {
            assertRefused(List.of(line), Limits.PROTOCOL_REQUEST, rule, position);
        }

        @ParameterizedTest
        @ValueSource(chars = {'\0', '\n', '\r', '\u007F', '\u00A0', '\u2003'})
        void nothingButSpaceAndTabIsWhiteSpace(char c) {
            assertRefused(List.of("a," + c + "b"), Limits.PROTOCOL_REQUEST, Rule.BAD_TOKEN, 2);
            assertRefused(List.of("a" + c), Limits.PROTOCOL_REQUEST, Rule.BAD_TOKEN, 1);
        }

        @Test
        @Tag("R6455-X-07+")
        void positionsCountAcrossLines() {
            assertRefused(List.of("ab", "c", "ab"), Limits.PROTOCOL_REQUEST, Rule.DUPLICATE, 5);
            assertRefused(List.of("ab", ""), Limits.PROTOCOL_REQUEST, Rule.EMPTY_ELEMENT, 3);
        }

        @Test
        void sixteenNamesAreTheLimit() throws Exception {
            assertThat(TokenList.parse(List.of(names(16)), Limits.PROTOCOL_REQUEST))
                    .hasSize(16);
            assertRefused(
                    List.of(names(17)),
                    Limits.PROTOCOL_REQUEST,
                    Rule.TOO_MANY,
                    names(16).length() + 1);
        }

        @Test
        void aNameMayHave128Bytes() throws Exception {
            assertThat(TokenList.parse(List.of("x".repeat(128)), Limits.PROTOCOL_REQUEST))
                    .hasSize(1);
            assertRefused(List.of("x".repeat(129)), Limits.PROTOCOL_REQUEST, Rule.TOO_LONG, 128);
        }

        @Test
        void theHeaderMayHave1024BytesInAllItsLines() throws Exception {
            String half = "a" + " ".repeat(511);
            String rest = "b" + " ".repeat(510);
            assertThat(TokenList.parse(List.of(half, rest), Limits.PROTOCOL_REQUEST))
                    .hasSize(2);
            assertRefused(List.of(half, rest + " "), Limits.PROTOCOL_REQUEST, Rule.TOO_LONG, 1024);
        }

        @Test
        void theResultCannotBeChanged() throws Exception {
            List<String> names = TokenList.parse(List.of("a"), Limits.PROTOCOL_REQUEST);
            assertThatThrownBy(() -> names.add("b")).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Nested
    class ProtocolOfAResponse {

        @Test
        @Tag("R6455-S-32-")
        void oneNameIsTheLimit() throws Exception {
            assertThat(TokenList.parse(List.of(" chat "), Limits.PROTOCOL_RESPONSE))
                    .containsExactly("chat");
            assertRefused(List.of("chat, talk"), Limits.PROTOCOL_RESPONSE, Rule.TOO_MANY, 6);
            assertRefused(List.of("chat", "chat"), Limits.PROTOCOL_RESPONSE, Rule.TOO_MANY, 5);
        }

        @Test
        @Tag("R6455-S-25-")
        void theEmptyNameIsRefused() {
            assertRefused(List.of(""), Limits.PROTOCOL_RESPONSE, Rule.EMPTY_ELEMENT, 0);
        }
    }

    @Nested
    class ConnectionAndUpgrade {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Upgrade",
                    "upgrade",
                    "UPGRADE",
                    "keep-alive, Upgrade",
                    "Upgrade, keep-alive",
                    ",, ,Upgrade,,",
                    "\tUpgrade ",
                    "keep-alive,keep-alive,upgrade"
                })
        @Tag("R6455-S-07+")
        @Tag("R6455-C-35+")
        void theElementIsFoundInAnyCaseAndPlace(String line) throws Exception {
            assertThat(TokenList.containsIgnoreCase(List.of(line), "upgrade")).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", ",", "keep-alive", "Upgrades", "not-upgrade", "x/upgrade", "upgrade/1"})
        @Tag("R6455-S-07-")
        @Tag("R6455-C-35-")
        void otherElementsAreNotTheOneLookedFor(String line) throws Exception {
            assertThat(TokenList.containsIgnoreCase(List.of(line), "upgrade")).isFalse();
        }

        @Test
        @Tag("R6455-S-06+")
        @Tag("R6455-C-34+")
        void upgradeMayNameOtherProtocolsWithVersions() throws Exception {
            assertThat(TokenList.containsIgnoreCase(List.of("HTTP/2.0, SHTTP/1.3", "WebSocket"), "websocket"))
                    .isTrue();
            assertThat(TokenList.containsIgnoreCase(List.of("websocket/13"), "websocket"))
                    .isFalse();
        }

        @Test
        void anAbsentHeaderContainsNothing() throws Exception {
            assertThat(TokenList.containsIgnoreCase(List.of(), "upgrade")).isFalse();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Upgrade, a b",
                    "Upgrade; x",
                    "Upgrade, /",
                    "Upgrade, h/",
                    "Upgrade, h/1/2",
                    "Upgrade, \u00e9"
                })
        @Tag("R6455-S-07-")
        void malformedListsAreRefusedAlsoBehindTheElement(String line) {
            assertThatThrownBy(() -> TokenList.containsIgnoreCase(List.of(line), "upgrade"))
                    .isInstanceOf(HeaderSyntaxException.class);
        }

        @Test
        void sixtyFourElementsAreTheLimit() throws Exception {
            assertThat(TokenList.containsIgnoreCase(List.of(names(64)), "n63")).isTrue();
            assertThatThrownBy(() -> TokenList.containsIgnoreCase(List.of(names(65)), "n63"))
                    .isInstanceOfSatisfying(
                            HeaderSyntaxException.class,
                            e -> assertThat(e.rule()).isEqualTo(Rule.TOO_MANY));
        }
    }

    @Test
    void emptyElementsAndDuplicatesStayOutWhereTheyAreAllowed() throws Exception {
        assertThat(TokenList.parse(List.of(", a,,a", ""), Limits.CONNECTION)).containsExactly("a", "a");
        assertThat(TokenList.parse(List.of(",, ,"), Limits.CONNECTION)).isEmpty();
    }

    @Test
    void refusalsSayRuleAndPlaceButNotTheText() {
        HeaderSyntaxException refusal = catchThrowableOfType(
                HeaderSyntaxException.class, () -> TokenList.parse(List.of("secret token"), Limits.PROTOCOL_REQUEST));
        assertThat(refusal).hasMessage("MISSING_COMMA at position 7");
        assertThat(refusal.getStackTrace()).isEmpty();
    }

    @Test
    void limitsBelowOneAreRefused() {
        assertThat(new Limits(1, 1, 1, true, true).maxBytes()).isOne();
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, 1, 1, true, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 0, 1, true, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 1, 0, true, true));
    }

    @Test
    void aThousandLinesCountTheirCommas() {
        assertRefused(Collections.nCopies(1026, ""), Limits.PROTOCOL_REQUEST, Rule.TOO_LONG, 1024);
        assertRefused(Collections.nCopies(1025, ""), Limits.PROTOCOL_REQUEST, Rule.EMPTY_ELEMENT, 0);
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "n" + i).collect(Collectors.joining(","));
    }

    private static void assertRefused(List<String> lines, Limits limits, Rule rule, int position) {
        assertThatThrownBy(() -> TokenList.parse(lines, limits))
                .isInstanceOfSatisfying(HeaderSyntaxException.class, e -> {
                    assertThat(e.rule()).isEqualTo(rule);
                    assertThat(e.position()).isEqualTo(position);
                });
    }
}

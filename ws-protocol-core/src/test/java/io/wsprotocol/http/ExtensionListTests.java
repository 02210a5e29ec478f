package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wsprotocol.http.ExtensionList.Limits;
import io.wsprotocol.http.HeaderSyntaxException.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionListTests {

    @Test
    void anAbsentHeaderIsAnEmptyList() throws Exception {
        assertThat(ExtensionList.parse(List.of(), Limits.REQUEST)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo;a;b=10,bar",
                "foo; a; b=10, bar",
                " foo ;\ta ; b = 10 , bar ",
                "foo;a;b=\"10\",bar",
                "foo;a;b=\"\\1\\0\",bar",
                "foo;a;b= \"1\\0\" ,bar"
            })
    @Tag("R6455-S-14+")
    @Tag("R6455-S-40+")
    @Tag("R6455-X-03+")
    void extensionsHaveNamesAndParameters(String line) throws Exception {
        assertThat(ExtensionList.parse(List.of(line), Limits.REQUEST))
                .containsExactly(extension("foo", parameter("a", null), parameter("b", "10")), extension("bar"));
    }

    @Test
    void whiteSpaceMayStandBetweenAValueAndTheNextParameter() throws Exception {
        assertThat(ExtensionList.parse(List.of("x;a=1 ;b=\"2\"\t;c"), Limits.REQUEST))
                .containsExactly(extension("x", parameter("a", "1"), parameter("b", "2"), parameter("c", null)));
    }

    @Test
    @Tag("R6455-X-06+")
    @Tag("R6455-X-07+")
    @Tag("R6455-S-14+")
    void severalLinesAreOneListInTheirOrder() throws Exception {
        assertThat(ExtensionList.parse(List.of("foo", "bar; baz=2"), Limits.REQUEST))
                .isEqualTo(ExtensionList.parse(List.of("foo, bar; baz=2"), Limits.REQUEST))
                .extracting(Extension::name)
                .containsExactly("foo", "bar");
    }

    @Test
    @Tag("R7692-P-01+")
    void repeatedOffersAndParametersAreKeptForTheExtensionToJudge() throws Exception {
        List<Extension> offers = ExtensionList.parse(List.of("x; a; a=1, x"), Limits.REQUEST);
        assertThat(offers).containsExactly(extension("x", parameter("a", null), parameter("a", "1")), extension("x"));
    }

    @Test
    void namesAndValuesKeepTheirCase() throws Exception {
        assertThat(ExtensionList.parse(List.of("Foo; Bar=BAZ"), Limits.REQUEST))
                .containsExactly(extension("Foo", parameter("Bar", "BAZ")));
    }

    @ParameterizedTest(name = "[{0}] breaks {1} at {2}")
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "``|EMPTY_ELEMENT|0",
                "` `|EMPTY_ELEMENT|1",
                "`,a`|EMPTY_ELEMENT|0",
                "`a,`|EMPTY_ELEMENT|2",
                "`a,,b`|EMPTY_ELEMENT|2",
                "`a b`|MISSING_COMMA|2",
                "`a;b=c d`|MISSING_COMMA|6",
                "`a;b c`|MISSING_COMMA|4",
                "`a;b=\"c\"d`|MISSING_COMMA|7",
                "`=`|BAD_TOKEN|0",
                "`;a`|BAD_TOKEN|0",
                "`\"a\"`|BAD_TOKEN|0",
                "`a=b`|BAD_TOKEN|1",
                "`a/1`|BAD_TOKEN|1",
                "`a;b=c=d`|BAD_TOKEN|5",
                "`a;b=\"c\"\"d\"`|BAD_TOKEN|7",
                "`a;`|UNEXPECTED_END|2",
                "`a; `|UNEXPECTED_END|3",
                "`a;b=`|UNEXPECTED_END|4",
                "`a;b=\"`|UNEXPECTED_END|5",
                "`a;b=\"c`|UNEXPECTED_END|6",
                "`a;b=\"c\\`|UNEXPECTED_END|7",
                "`a;b=\"\\\"`|BAD_QUOTED_VALUE|6",
                "`a;;b`|BAD_PARAMETER|2",
                "`a;,b`|BAD_PARAMETER|2",
                "`a;=b`|BAD_PARAMETER|2",
                "`a;\"b\"`|BAD_PARAMETER|2",
                "`a;b=,c`|BAD_PARAMETER|4",
                "`a;b=;c`|BAD_PARAMETER|4",
                "`a;b==c`|BAD_PARAMETER|4"
            })
    @Tag("R6455-X-03-")
    void malformedHeadersAreRefusedWithTheirPlace(String line, Rule rule, int position) {
        assertRefused(List.of(line), Limits.REQUEST, rule, position);
    }

    @Test
    void anApostropheIsATokenCharacterAndNoQuotationMark() throws Exception {
        assertThat(ExtensionList.parse(List.of("a;b='c'"), Limits.REQUEST))
                .containsExactly(extension("a", parameter("b", "'c'")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a;b=\"\"",
                "a;b=\" \"",
                "a;b=\"c d\"",
                "a;b=\"c,d\"",
                "a;b=\"c;d\"",
                "a;b=\"\u00e9\"",
                "a;b=\"c\\\"\""
            })
    @Tag("R6455-S-40+-")
    void quotedValuesMustBeTokens(String line) {
        assertThatThrownBy(() -> ExtensionList.parse(List.of(line), Limits.REQUEST))
                .isInstanceOfSatisfying(
                        HeaderSyntaxException.class, e -> assertThat(e.rule()).isEqualTo(Rule.BAD_QUOTED_VALUE));
    }

    @Test
    @Tag("R6455-S-40-")
    @Tag("R6455-X-07-")
    void aQuotedValueCannotSpanTwoLines() {
        assertRefused(List.of("a;b=\"c", "d\""), Limits.REQUEST, Rule.BAD_QUOTED_VALUE, 6);
    }

    @ParameterizedTest
    @ValueSource(chars = {'\0', '\n', '\r', '\u007F', '\u00A0', '\u212A'})
    @Tag("R6455-X-03-")
    void controlsAndForeignCharactersAreRefusedEverywhere(char c) {
        for (String shape :
                List.of("?a", "a?", "a?;b", "a;?b", "a;b?", "a;b?=c", "a;b=?c", "a;b=c?", "a;b=\"?\"", "a,?b")) {
            assertThatThrownBy(() -> ExtensionList.parse(List.of(shape.replace('?', c)), Limits.REQUEST))
                    .as(shape)
                    .isInstanceOf(HeaderSyntaxException.class);
        }
    }

    @Test
    void limitsHoldExactly() throws Exception {
        String offers = repeat("x", 8, ",");
        String parameters = "x;" + repeat("p", 8, ";");
        String token = "t".repeat(64);
        assertThat(ExtensionList.parse(List.of(offers), Limits.REQUEST)).hasSize(8);
        assertRefused(List.of(offers + ",x"), Limits.REQUEST, Rule.TOO_MANY, offers.length() + 1);
        assertThat(ExtensionList.parse(List.of(parameters), Limits.REQUEST)).hasSize(1);
        assertRefused(List.of(parameters + ";p"), Limits.REQUEST, Rule.TOO_MANY, parameters.length() + 1);
        assertThat(ExtensionList.parse(List.of("x;" + token + "=" + token), Limits.REQUEST))
                .hasSize(1);
        assertThat(ExtensionList.parse(List.of("x;p=\"" + token + "\""), Limits.REQUEST))
                .hasSize(1);
        assertRefused(List.of(token + "t"), Limits.REQUEST, Rule.TOO_LONG, 64);
        assertRefused(List.of("x;" + token + "t"), Limits.REQUEST, Rule.TOO_LONG, 66);
        assertRefused(List.of("x;p=" + token + "t"), Limits.REQUEST, Rule.TOO_LONG, 68);
        assertRefused(List.of("x;p=\"" + token + "t\""), Limits.REQUEST, Rule.TOO_LONG, 69);
        assertRefused(List.of("x" + " ".repeat(2048)), Limits.REQUEST, Rule.TOO_LONG, 2048);
        assertThat(ExtensionList.parse(List.of("x" + " ".repeat(2047)), Limits.REQUEST))
                .hasSize(1);
    }

    @Test
    void aResponseHasSmallerLimits() throws Exception {
        assertThat(ExtensionList.parse(List.of("a,b,c,d"), Limits.RESPONSE)).hasSize(4);
        assertRefused(List.of("a,b,c,d,e"), Limits.RESPONSE, Rule.TOO_MANY, 8);
        assertRefused(List.of("x" + " ".repeat(1024)), Limits.RESPONSE, Rule.TOO_LONG, 1024);
    }

    @Test
    void limitsBelowOneAreRefused() {
        assertThat(new Limits(1, 1, 1, 1).maxBytes()).isOne();
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(1, 1, 1, 0));
    }

    @Test
    @Tag("R6455-C-28+")
    void whatIsWrittenIsReadBack() throws Exception {
        List<Extension> extensions =
                List.of(extension("permessage-deflate", parameter("a", null), parameter("b", "10")), extension("x"));
        String header = ExtensionList.format(extensions);
        assertThat(header).isEqualTo("permessage-deflate; a; b=10, x");
        assertThat(ExtensionList.parse(List.of(header), Limits.REQUEST)).isEqualTo(extensions);
        assertThat(ExtensionList.format(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a,b", "a;b", "\"a\"", "a\r\nX: y", "\u00e9"})
    @Tag("R6455-C-28-")
    @Tag("R6455-C-15-")
    void extensionsOfTheApplicationHaveTokensOnly(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Extension(text, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Extension.Parameter(text, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new Extension.Parameter("a", text));
    }

    @Test
    void anExtensionKeepsItsOwnListOfParameters() {
        Extension.Parameter[] parameters = {parameter("a", null)};
        Extension extension = new Extension("x", Arrays.asList(parameters));
        parameters[0] = parameter("b", null);
        assertThat(extension).hasToString("x; a");
    }

    private static Extension extension(String name, Extension.Parameter... parameters) {
        return new Extension(name, List.of(parameters));
    }

    private static Extension.Parameter parameter(String name, String value) {
        return new Extension.Parameter(name, value);
    }

    private static String repeat(String name, int count, String separator) {
        return IntStream.range(0, count).mapToObj(i -> name + i).collect(Collectors.joining(separator));
    }

    private static void assertRefused(List<String> lines, Limits limits, Rule rule, int position) {
        assertThatThrownBy(() -> ExtensionList.parse(lines, limits))
                .isInstanceOfSatisfying(HeaderSyntaxException.class, e -> {
                    assertThat(e.rule()).isEqualTo(rule);
                    assertThat(e.position()).isEqualTo(position);
                });
    }
}

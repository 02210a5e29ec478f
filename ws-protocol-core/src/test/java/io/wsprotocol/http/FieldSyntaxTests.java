package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldSyntaxTests {

    @Test
    @Tag("R6455-C-26+-")
    void tokensHaveVisibleAsciiWithoutTheSeparatorsOfHttp() {
        String separators = "()<>@,;:\\\"/[]?={} \t";
        for (char c = 0; c < 0x200; c++) {
            boolean expected = c >= 0x21 && c <= 0x7E && separators.indexOf(c) < 0;
            assertThat(FieldSyntax.isToken("a" + c)).as("U+%04X", (int) c).isEqualTo(expected);
            assertThat(FieldSyntax.isToken(String.valueOf(c)))
                    .as("U+%04X", (int) c)
                    .isEqualTo(expected);
        }
    }

    @Test
    @Tag("R6455-C-26-")
    void theEmptyTextIsNoToken() {
        assertThat(FieldSyntax.isToken("")).isFalse();
    }

    @Test
    @Tag("R6455-C-15+-")
    void fieldValuesHaveLatin1WithoutControlsButTheTab() {
        for (char c = 0; c < 0x200; c++) {
            boolean expected = c == '\t' || (c >= 0x20 && c <= 0xFF && c != 0x7F);
            assertThat(FieldSyntax.isFieldValue("a" + c + "b"))
                    .as("U+%04X", (int) c)
                    .isEqualTo(expected);
        }
        assertThat(FieldSyntax.isFieldValue("")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7", "13", "99", "100", "199", "200", "249", "250", "255"})
    @Tag("R6455-S-39+")
    void versionsAreZeroTo255(String text) {
        assertThat(FieldSyntax.isVersion(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "013",
                "256",
                "300",
                "1000",
                "-1",
                "+13",
                "13 ",
                " 13",
                "1a",
                "0x0",
                "١٣",
                "99999999999"
            })
    @Tag("R6455-S-39-")
    void otherTextIsNoVersion(String text) {
        assertThat(FieldSyntax.isVersion(text)).isFalse();
    }

    @Test
    void trimTakesSpacesAndTabsOnly() {
        assertThat(FieldSyntax.trim(" \t a b\t ")).isEqualTo("a b");
        assertThat(FieldSyntax.trim("a")).isEqualTo("a");
        assertThat(FieldSyntax.trim(" \t ")).isEmpty();
        assertThat(FieldSyntax.trim("")).isEmpty();
        assertThat(FieldSyntax.trim("\n\u00A0a\u0000")).isEqualTo("\n\u00A0a\u0000");
    }

    @ParameterizedTest
    @CsvSource({
        "Upgrade,uPGRADE,true",
        "a-z,A-Z,true",
        "upgrade,upgrades,false",
        "[,{,false",
        "@,`,false",
        "é,É,false",
        "'','',true"
    })
    @Tag("R6455-C-40+-")
    void comparisonFoldsAsciiLettersOnly(String a, String b, boolean equal) {
        assertThat(FieldSyntax.equalsIgnoreCase(a, b)).isEqualTo(equal);
        assertThat(FieldSyntax.equalsIgnoreCase(b, a)).isEqualTo(equal);
    }

    @Test
    void theKelvinSignIsNoLetterK() {
        assertThat(FieldSyntax.equalsIgnoreCase("websoc\u212Aet", "websocket")).isFalse();
        assertThat(FieldSyntax.lowerCase("\u212A\u0130")).isEqualTo("\u212A\u0130");
    }

    @Test
    void lowerCaseKnowsNoLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertThat(FieldSyntax.lowerCase("WIDTH[@`{éÉ")).isEqualTo("width[@`{éÉ");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void lowerCaseReturnsLowerCaseTextItself() {
        String text = "sec-websocket-key";
        assertThat(FieldSyntax.lowerCase(text)).isSameAs(text);
    }
}

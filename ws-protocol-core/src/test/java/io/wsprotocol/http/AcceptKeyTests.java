package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptKeyTests {

    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    @Test
    @Tag("R6455-S-30+")
    void theExampleOfTheRfcIsAnswered() {
        assertThat(AcceptKey.accept(KEY)).isEqualTo(ACCEPT);
    }

    @Test
    @Tag("R6455-C-22+")
    void aNonceOf16BytesMakesAValidKey() {
        Random random = new Random(6455);
        byte[] nonce = new byte[AcceptKey.NONCE_BYTES];
        for (int i = 0; i < 1_000; i++) {
            random.nextBytes(nonce);
            String key = AcceptKey.encode(nonce);
            assertThat(AcceptKey.isValidKey(key)).as(key).isTrue();
            assertThat(Base64.getDecoder().decode(key)).isEqualTo(nonce);
        }
    }

    @Test
    @Tag("R6455-C-22-")
    void aNonceOfAnotherLengthIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> AcceptKey.encode(new byte[15]));
        assertThatIllegalArgumentException().isThrownBy(() -> AcceptKey.encode(new byte[17]));
    }

    @Test
    @Tag("R6455-S-08+")
    void theKeyOfSixteenZerosIsValid() {
        assertThat(AcceptKey.isValidKey("AAAAAAAAAAAAAAAAAAAAAA==")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "==",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZQ=",
                "dGhlIHNhbXBsZSBub25jZQ===",
                "dGhlIHNhbXBsZSBub25jZUE=",
                "dGhlIHNhbXBsZSBub25jZUFB",
                "dGhlIHNhbXBsZSBub25j",
                "dGhlIHNhbXBsZSBub25jZQ==AAAA",
                " GhlIHNhbXBsZSBub25jZQ==",
                "dGhlIHNhbXBsZSBub25jZQ== ",
                "dGhl-HNhbXBsZSBub25jZQ==",
                "dGhl_HNhbXBsZSBub25jZQ==",
                "dGhl=HNhbXBsZSBub25jZQ==",
                "dGhl\u0000HNhbXBsZSBub25jZQ==",
                "dGhl\u00e9HNhbXBsZSBub25jZQ=="
            })
    @Tag("R6455-S-08-")
    void textThatIsNotSixteenBytesInBase64IsNoKey(String key) {
        assertThat(AcceptKey.isValidKey(key)).isFalse();
    }

    @Test
    @Tag("R6455-S-08-")
    void onlyOneTextStandsForANonce() {
        int valid = 0;
        for (char last = 0; last < 0x80; last++) {
            String key = "dGhlIHNhbXBsZSBub25jZ" + last + "==";
            boolean expected = "AQgw".indexOf(last) >= 0;
            assertThat(AcceptKey.isValidKey(key)).as(key).isEqualTo(expected);
            valid += expected ? 1 : 0;
        }
        assertThat(valid).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {ACCEPT, " " + ACCEPT, ACCEPT + "\t ", "\t" + ACCEPT + " "})
    @Tag("R6455-C-36+")
    void theRightAnswerMatchesAlsoWithWhiteSpaceAround(String accept) {
        assertThat(AcceptKey.matches(KEY, accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                KEY,
                "s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
                "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=",
                "s3pPLMBi TxaQ9kYGzzhZRbK+xOo=",
                "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n",
                "\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\""
            })
    @Tag("R6455-C-36-")
    void anyOtherAnswerDoesNotMatch(String accept) {
        assertThat(AcceptKey.matches(KEY, accept)).isFalse();
    }
}

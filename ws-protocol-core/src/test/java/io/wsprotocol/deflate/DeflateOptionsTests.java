package io.wsprotocol.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the defaults and ranges of {@link DeflateOptions}, and the roles of {@link DeflateParameters}. */
class DeflateOptionsTests {

    @Test
    @Tag("R7692-P-52+")
    void defaultsCompressWithTheLargestWindowAndNoHistory() {
        DeflateOptions options = DeflateOptions.defaults();

        assertThat(options).isEqualTo(new DeflateOptions(6, 1024, 15, 15, false, false, 200));
    }

    @Test
    void theBuilderSetsEachValueAndStartsFromOptions() {
        DeflateOptions options = DeflateOptions.builder()
                .level(1)
                .threshold(2)
                .serverMaxWindowBits(8)
                .clientMaxWindowBits(9)
                .serverContextTakeover(true)
                .clientContextTakeover(true)
                .maxRatio(DeflateOptions.UNLIMITED_RATIO)
                .build();

        assertThat(options).isEqualTo(new DeflateOptions(1, 2, 8, 9, true, true, Integer.MAX_VALUE));
        assertThat(options.toBuilder().build()).isEqualTo(options);
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        refuses("level must be 1 to 9, was 0", builder -> builder.level(0));
        refuses("level must be 1 to 9, was 10", builder -> builder.level(10));
        refuses("threshold must be at least 0, was -1", builder -> builder.threshold(-1));
        refuses("serverMaxWindowBits must be 8 to 15, was 7", builder -> builder.serverMaxWindowBits(7));
        refuses("serverMaxWindowBits must be 8 to 15, was 16", builder -> builder.serverMaxWindowBits(16));
        refuses("clientMaxWindowBits must be 8 to 15, was 7", builder -> builder.clientMaxWindowBits(7));
        refuses("clientMaxWindowBits must be 8 to 15, was 16", builder -> builder.clientMaxWindowBits(16));
        refuses("maxRatio must be at least 1, was 0", builder -> builder.maxRatio(0));
    }

    private static void refuses(String message, UnaryOperator<DeflateOptions.Builder> change) {
        DeflateOptions.Builder builder = change.apply(DeflateOptions.builder());
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
    }

    @Test
    void theCompressedSizeMayExceedTheMessageByAThousandth() {
        assertThat(DeflateOptions.maxCompressedBytes(0)).isEqualTo(64);
        assertThat(DeflateOptions.maxCompressedBytes(1_000_000)).isEqualTo(1_001_064);
        assertThat(DeflateOptions.maxCompressedBytes(Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(DeflateOptions.maxCompressedBytes(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatGoesOutOfOneEndComesIntoTheOther() {
        DeflateParameters parameters = new DeflateParameters(9, 12, true, false);

        assertThat(parameters.outgoingWindowBits(true)).isEqualTo(9);
        assertThat(parameters.incomingWindowBits(false)).isEqualTo(9);
        assertThat(parameters.outgoingWindowBits(false)).isEqualTo(12);
        assertThat(parameters.incomingWindowBits(true)).isEqualTo(12);
        assertThat(parameters.outgoingContextTakeover(true)).isFalse();
        assertThat(parameters.incomingContextTakeover(false)).isFalse();
        assertThat(parameters.outgoingContextTakeover(false)).isTrue();
        assertThat(parameters.incomingContextTakeover(true)).isTrue();
    }

    @Test
    @Tag("R7692-P-48+")
    void withoutAParameterTheWindowIsTheLargestAndHistoryIsKept() {
        assertThat(DeflateParameters.PLAIN).isEqualTo(new DeflateParameters(15, 15, false, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 16})
    void parametersKeepToTheWindowsOfTheStandard(int bits) {
        assertThatIllegalArgumentException().isThrownBy(() -> new DeflateParameters(bits, 15, true, true));
        assertThatIllegalArgumentException().isThrownBy(() -> new DeflateParameters(15, bits, true, true));
    }
}

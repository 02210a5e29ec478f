package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where masking keys come from (RFC 6455 §5.3, §10.3). */
@Tag("R6455-F-16+")
@Tag("R6455-Q-04+")
class KeyStreamTests {

    private static final int BLOCK = 1_024;

    /** Random as ever, and counts how often it was asked. */
    private static final class CountingRandom extends SecureRandom {

        private static final long serialVersionUID = 1L;
        private int asked;

        @Override
        public void nextBytes(byte[] bytes) {
            asked++;
            super.nextBytes(bytes);
        }
    }

    @Test
    void aStreamIsKeyedForSoManyBlocksAndThenAnew() throws GeneralSecurityException {
        CountingRandom random = new CountingRandom();
        KeyStream stream = new KeyStream(random);
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < KeyStream.BLOCKS_PER_KEY; i++) {
            stream.next(block);
        }
        assertThat(random.asked).isEqualTo(1);
        stream.next(block);
        assertThat(random.asked).isEqualTo(2);
    }

    @Test
    void noTwoStreamsAreAlikeAndNoTwoBlocksOfOne() throws GeneralSecurityException {
        Set<String> blocks = new HashSet<>();
        for (int streams = 0; streams < 3; streams++) {
            KeyStream stream = new KeyStream(new SecureRandom());
            for (int i = 0; i < 100; i++) {
                byte[] block = new byte[BLOCK];
                stream.next(block);
                blocks.add(HexFormat.of().formatHex(block));
            }
        }
        assertThat(blocks).hasSize(300);
    }

    @Test
    void keysOfASourceUseAllTheirBitsAndHardlyEverRepeat() {
        int draws = 100_000;
        int[] ones = new int[Integer.SIZE];
        Set<Integer> keys = new HashSet<>();
        MaskingKeySource source = MaskingKeySource.secure();
        for (int i = 0; i < draws; i++) {
            int key = source.nextKey();
            keys.add(key);
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                ones[bit] += key >>> bit & 1;
            }
        }
        // Of 100,000 out of 2^32, one or two repeat; ten standard deviations of a fair coin are 1.6 %
        assertThat(keys).hasSizeGreaterThan(draws - 20);
        assertThat(Arrays.stream(ones).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(48_400, 51_600));
    }

    @Test
    void sourcesOfTwoHandlesGiveDifferentKeys() {
        MaskingKeySource one = MaskingKeySource.secure();
        MaskingKeySource other = MaskingKeySource.secure();
        assertThat(one).isNotSameAs(other);
        Set<Integer> keys = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            keys.add(one.nextKey());
            keys.add(other.nextKey());
        }
        assertThat(keys).hasSizeGreaterThan(1_995);
    }
}

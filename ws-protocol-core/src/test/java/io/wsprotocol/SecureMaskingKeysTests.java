package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How handles share blocks of masking keys (RFC 6455 §10.3). */
@Tag("R6455-F-16+")
@Tag("R6455-Q-04+")
class SecureMaskingKeysTests {

    /** {@return where the first key stands that is not wiped, or the length} */
    private static int firstKey(byte[] block) {
        int at = 0;
        while (at < block.length && ByteBuffer.wrap(block).getInt(at) == 0) {
            at += Integer.BYTES;
        }
        return at;
    }

    @Test
    void aKeyIsWipedOnceDrawnAndTheOthersOfItsBlockStay() {
        SecureMaskingKeys keys = SecureMaskingKeys.next();
        int blocks = 0;
        while (blocks < 3) {
            ByteBuffer before = ByteBuffer.wrap(keys.block.clone());
            int at = firstKey(before.array());
            int key = keys.nextKey();
            if (at == before.capacity()) {
                blocks++; // filled anew
            } else {
                assertThat(key).isEqualTo(before.getInt(at));
                assertThat(keys.block).isEqualTo(before.putInt(at, 0).array());
            }
        }
    }

    @Test
    void whoFindsABlockTakenDrawsFromTheNext() {
        SecureMaskingKeys mine = SecureMaskingKeys.next();
        SecureMaskingKeys other = SecureMaskingKeys.next();
        mine.nextKey();
        other.nextKey();
        byte[] taken = mine.block.clone();
        byte[] next = other.block.clone();
        assertThat(mine.take()).isTrue();
        try {
            mine.nextKey();
        } finally {
            mine.release();
        }
        assertThat(mine.block).isEqualTo(taken);
        assertThat(other.block).isNotEqualTo(next);
    }

    @Test
    void whoFindsAllBlocksTakenGetsARandomKeyAllTheSame() {
        List<SecureMaskingKeys> taken = new ArrayList<>();
        Set<Integer> drawn = new HashSet<>();
        try {
            for (int i = 0; i < SecureMaskingKeys.SHARED; i++) {
                SecureMaskingKeys keys = SecureMaskingKeys.next();
                assertThat(keys.take()).isTrue();
                taken.add(keys);
            }
            for (int i = 0; i < 100; i++) {
                drawn.add(taken.get(0).nextKey());
            }
        } finally {
            taken.forEach(SecureMaskingKeys::release);
        }
        assertThat(drawn).hasSize(100);
    }
}

package io.wsprotocol.wire;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes over long stretches of valid text faster than the automaton of {@link Utf8Verifier} can, and leaves everything else to it: what
 * is refused and where, and the states in between. Thread-safe.
 */
interface Utf8Blocks {

    /**
     * {@return where the automaton has to go on} All before it is valid as far as whole code points go; the last one may be incomplete.
     * The same as {@code from} when there is little left, or something impossible soon.
     *
     * @param array left as it is and not kept
     * @param from behind at least three bytes of the same text, all of them possible
     * @param end where the text ends
     */
    int skip(byte[] array, int from, int end);

    /**
     * {@return what the Vector API can do here; null where the JVM was not started with it} It is asked for with
     * {@code --add-modules jdk.incubator.vector}.
     *
     * @param modules those the JVM was started with
     */
    static @Nullable Utf8Blocks find(ModuleLayer modules) {
        Optional<Module> vectors = modules.findModule("jdk.incubator.vector");
        if (vectors.isEmpty()) {
            return null;
        }
        Utf8Blocks.class.getModule().addReads(vectors.get());
        try {
            return Class.forName("io.wsprotocol.wire.Utf8Vectors")
                    .asSubclass(Utf8Blocks.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            // An API that incubates may be another one in any JDK, and a machine's vectors too short; only speed is
            // lost
            return null;
        }
    }
}

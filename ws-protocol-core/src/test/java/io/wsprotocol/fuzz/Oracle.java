package io.wsprotocol.fuzz;

/** How a harness says that the engine is wrong. Texts are constants, since nothing may be built for a check that holds. */
final class Oracle {

    private Oracle() {}

    /** Fails when the rule does not hold. */
    static void check(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}

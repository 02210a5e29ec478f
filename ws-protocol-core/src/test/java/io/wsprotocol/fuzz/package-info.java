/**
 * Harnesses for the fuzzer, one class each, called with bytes that a fuzzer chooses. Each holds the engine against an independent
 * model and rules of structure, and throws {@link java.lang.AssertionError} when they differ. {@code FuzzCorpusTests} replays the
 * committed corpus in every build; profile {@code fuzz} searches for more.
 */
@NullMarked
package io.wsprotocol.fuzz;

import org.jspecify.annotations.NullMarked;

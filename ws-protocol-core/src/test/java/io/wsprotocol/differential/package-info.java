/**
 * The same streams through other engines of the JVM and ours. Each class of disagreement is a line of {@code differential-ledger.csv} with the
 * section of the RFC that decides it.
 */
@NullMarked
package io.wsprotocol.differential;

import org.jspecify.annotations.NullMarked;

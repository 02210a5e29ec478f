/**
 * Benchmarks: the engine, straight-line code that does the same work, and other WebSocket stacks, each driven in memory on the same
 * bytes. {@link io.wsprotocol.bench.PerformanceTable} runs them all.
 */
@NullMarked
package io.wsprotocol.bench;

import org.jspecify.annotations.NullMarked;

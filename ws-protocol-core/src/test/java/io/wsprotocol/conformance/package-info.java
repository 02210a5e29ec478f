/** One test for each sentence of the rules: RFC 6455 and the action loop. The tag says which. */
@NullMarked
package io.wsprotocol.conformance;

import org.jspecify.annotations.NullMarked;

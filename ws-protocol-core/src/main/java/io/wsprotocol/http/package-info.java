/**
 * Header grammar and HTTP/1.1 heads of the opening handshake: strings and bytes only (floor 0).
 *
 * <p>Everything here runs in time linear in its input, without regular expressions or recursion, and checks its
 * limits before it stores anything. The package knows no other package of this library and is not exported.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4">RFC 6455 §4 Opening Handshake</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5">RFC 9110 §5 Fields</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-2">RFC 9112 §2 Message</a>
 */
@NullMarked
package io.wsprotocol.http;

import org.jspecify.annotations.NullMarked;

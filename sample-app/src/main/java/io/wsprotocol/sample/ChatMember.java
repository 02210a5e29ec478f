package io.wsprotocol.sample;

import org.springframework.web.socket.TextMessage;

/**
 * One person in the room.
 *
 * <p>Immutable.
 *
 * @param name nobody else in the room has it
 * @param mailbox where to put what the person shall hear
 */
record ChatMember(String name, Mailbox mailbox) {

    /** Puts a message into the mailbox and returns at once, however slow the reader is. */
    void offer(String json) {
        mailbox.offer(new TextMessage(json));
    }
}

package io.wsprotocol.sample;

import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.stereotype.Controller;

/**
 * What STOMP clients may ask for.
 *
 * <p>Thread-safe.
 */
@Controller
class StompController {

    /** {@return what everybody hears who subscribed to {@code /topic/said}} Sent to {@code /app/say}. */
    @MessageMapping("/say")
    @SendTo("/topic/said")
    String say(String words) {
        return words;
    }

    /** {@return what only the sender hears, on {@code /user/queue/whispers}} Sent to {@code /app/whisper}. */
    @MessageMapping("/whisper")
    @SendToUser(destinations = "/queue/whispers", broadcast = false)
    String whisper(String words) {
        return words;
    }
}

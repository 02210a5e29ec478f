package io.wsprotocol.spring.server;

import io.wsprotocol.driver.CloseEvent;
import java.nio.ByteBuffer;

/** A listener around another, for what has to happen before its first word and before its last. Confined like that one. */
final class LifeListener implements ShellListener {

    private final ShellListener listener;
    private final Runnable begin;
    private final Runnable end;

    LifeListener(ShellListener listener, Runnable begin, Runnable end) {
        this.listener = listener;
        this.begin = begin;
        this.end = end;
    }

    @Override
    public void opened() {
        begin.run();
        listener.opened();
    }

    @Override
    public void text(String payload, boolean last) {
        listener.text(payload, last);
    }

    @Override
    public boolean takesEncodedText() {
        return listener.takesEncodedText();
    }

    @Override
    public void encodedText(ByteBuffer payload, boolean last) {
        listener.encodedText(payload, last);
    }

    @Override
    public void roomMade() {
        listener.roomMade();
    }

    @Override
    public void binary(ByteBuffer payload, boolean last) {
        listener.binary(payload, last);
    }

    @Override
    public void pong(ByteBuffer payload) {
        listener.pong(payload);
    }

    @Override
    public void closed(CloseEvent event) {
        end.run();
        listener.closed(event);
    }
}

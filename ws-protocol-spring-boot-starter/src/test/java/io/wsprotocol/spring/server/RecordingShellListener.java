package io.wsprotocol.spring.server;

import io.wsprotocol.driver.CloseEvent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes down what a shell tells it, and whether it was told two things at a time. Thread-safe. */
class RecordingShellListener implements ShellListener {

    final List<String> heard = new CopyOnWriteArrayList<>();
    final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public void opened() {
        hear("opened", () -> {});
    }

    @Override
    public void text(String payload, boolean last) {
        hear("text " + payload, () -> onText(payload));
    }

    /** For tests that do something in it. */
    void onText(String payload) {}

    @Override
    public void binary(ByteBuffer payload, boolean last) {
        hear("binary", () -> {});
    }

    @Override
    public void pong(ByteBuffer payload) {
        hear("pong", () -> {});
    }

    @Override
    public void closed(CloseEvent event) {
        hear("closed " + event.code(), closed::countDown);
    }

    private void hear(String what, Runnable then) {
        heard.add(inside.getAndIncrement() == 0 ? what : what + " while something else was told");
        then.run();
        inside.decrementAndGet();
    }
}

package io.wsprotocol.spring.server.jetty;

import io.wsprotocol.spring.server.DeclaredLimits;
import io.wsprotocol.spring.server.LimitSource;
import io.wsprotocol.spring.server.PrivateField;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Configurable;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * What an application told Jetty's engine by a configurer of Spring's {@code JettyRequestUpgradeStrategy}: the configurer runs on a
 * notepad instead. Without state.
 *
 * @since 0.1.0
 */
public final class JettyConfigurerLimits implements LimitSource {

    /** Where the strategy keeps the configurer. */
    public static final String FIELD = "webSocketConfigurer";

    /** The strategy's name: the class itself needs more of Jetty than its interfaces. */
    private static final String STRATEGY = "org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy";

    /** Makes one. */
    public JettyConfigurerLimits() {}

    @Override
    @SuppressWarnings("unchecked")
    public DeclaredLimits declaredFor(WebSocketHandler handler, @Nullable RequestUpgradeStrategy replaced) {
        if (replaced == null) {
            return DeclaredLimits.NONE;
        }
        for (Class<?> type = replaced.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().equals(STRATEGY)
                    && PrivateField.read(type, FIELD, replaced) instanceof Consumer<?> configurer) {
                Notepad notepad = new Notepad();
                ((Consumer<Configurable>) configurer).accept(notepad);
                return DeclaredLimits.most(notepad.maxText, notepad.maxBinary, notepad.idleTimeout);
            }
        }
        return DeclaredLimits.NONE;
    }

    /**
     * Keeps what it is told, and shows Jetty's defaults until then. Sizes of buffers and frames and the number of queued frames are matters
     * of Jetty's engine; messages are bounded here and the send queue has bounds of its own. Not thread-safe.
     */
    private static final class Notepad implements Configurable {

        private static final long DEFAULT_SIZE = 64 * 1024;
        private static final int DEFAULT_BUFFER = 4 * 1024;

        @Nullable
        Long maxText;

        @Nullable
        Long maxBinary;

        @Nullable
        Duration idleTimeout;

        private long maxFrame = DEFAULT_SIZE;
        private int inputBuffer = DEFAULT_BUFFER;
        private int outputBuffer = DEFAULT_BUFFER;
        private boolean autoFragment = true;
        private int maxOutgoingFrames = -1;

        @Override
        public Duration getIdleTimeout() {
            return idleTimeout == null ? Duration.ofSeconds(30) : idleTimeout;
        }

        @Override
        public void setIdleTimeout(Duration timeout) {
            idleTimeout = timeout;
        }

        @Override
        public int getInputBufferSize() {
            return inputBuffer;
        }

        @Override
        public void setInputBufferSize(int bytes) {
            inputBuffer = bytes;
        }

        @Override
        public int getOutputBufferSize() {
            return outputBuffer;
        }

        @Override
        public void setOutputBufferSize(int bytes) {
            outputBuffer = bytes;
        }

        @Override
        public long getMaxBinaryMessageSize() {
            return maxBinary == null ? DEFAULT_SIZE : maxBinary;
        }

        @Override
        public void setMaxBinaryMessageSize(long bytes) {
            maxBinary = bytes;
        }

        @Override
        public long getMaxTextMessageSize() {
            return maxText == null ? DEFAULT_SIZE : maxText;
        }

        @Override
        public void setMaxTextMessageSize(long bytes) {
            maxText = bytes;
        }

        @Override
        public long getMaxFrameSize() {
            return maxFrame;
        }

        @Override
        public void setMaxFrameSize(long bytes) {
            maxFrame = bytes;
        }

        @Override
        public boolean isAutoFragment() {
            return autoFragment;
        }

        @Override
        public void setAutoFragment(boolean fragment) {
            autoFragment = fragment;
        }

        @Override
        public int getMaxOutgoingFrames() {
            return maxOutgoingFrames;
        }

        @Override
        public void setMaxOutgoingFrames(int frames) {
            maxOutgoingFrames = frames;
        }
    }
}

package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.GlobalProperties;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Says once, at start, which properties weaken the protocol or do not mean what they say. */
final class StartupWarnings implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog(StartupWarnings.class);

    private final WsProtocolProperties properties;

    StartupWarnings(WsProtocolProperties properties) {
        this.properties = properties;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (properties.disableMasking()) {
            LOG.warn(
                    "ws-protocol.disable-masking is on: clients mask with zeros and servers accept unmasked frames, which"
                            + " RFC 6455 §5.1 forbids. Use it in tests only.");
        }
        if (properties.disableUtf8Verification()) {
            LOG.warn(
                    "ws-protocol.disable-utf8-verification is on: text is delivered unverified, which RFC 6455 §8.1 forbids.");
        }
        if (properties.keepaliveInterval() != null
                && properties.keepaliveInterval().compareTo(GlobalProperties.MINIMUM_KEEPALIVE_INTERVAL) < 0) {
            LOG.warn(
                    "ws-protocol.keepalive-interval is raised from "
                            + properties.keepaliveInterval().toMillis()
                            + "ms to 15s, the least that the Windows API knows. ws-protocol.keepalive.interval has no such floor.");
        }
    }
}

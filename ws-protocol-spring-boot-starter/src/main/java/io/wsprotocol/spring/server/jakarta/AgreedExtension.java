package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.Extension;
import java.util.List;
import java.util.Map;
import org.springframework.web.socket.WebSocketExtension;

/**
 * An extension that a handshake agreed on. Immutable.
 *
 * @param extension its name and parameters
 */
record AgreedExtension(WebSocketExtension extension) implements Extension {

    @Override
    public String getName() {
        return extension.getName();
    }

    @Override
    public List<Parameter> getParameters() {
        return extension.getParameters().entrySet().stream()
                .<Parameter>map(AgreedParameter::new)
                .toList();
    }

    /** One parameter. Immutable. */
    private record AgreedParameter(Map.Entry<String, String> entry) implements Parameter {

        @Override
        public String getName() {
            return entry.getKey();
        }

        @Override
        public String getValue() {
            return entry.getValue();
        }
    }
}

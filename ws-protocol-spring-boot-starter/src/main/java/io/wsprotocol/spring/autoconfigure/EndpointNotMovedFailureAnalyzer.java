package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.EndpointNotMovedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains why {@code ws-protocol.spring.required} stopped the start. Immutable. */
final class EndpointNotMovedFailureAnalyzer extends AbstractFailureAnalyzer<EndpointNotMovedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EndpointNotMovedException cause) {
        String description = "The WebSocket endpoint '" + cause.path() + "' cannot run on the ws-protocol engine: "
                + cause.reason()
                + ". The property 'ws-protocol.spring.required' is 'true', so the application does not start"
                + " with it left to the container.";
        String action = "Remove the cause, or leave this endpoint to the container:\n\n"
                + InvalidPropertyValueFailureAnalyzer.yaml(
                        "ws-protocol.spring.exclude-paths", "\"" + cause.path() + "\"")
                + "\n\nor let endpoints that cannot be moved stay there:\n\n"
                + InvalidPropertyValueFailureAnalyzer.yaml("ws-protocol.spring.required", "false");
        return new FailureAnalysis(description, action, cause);
    }
}

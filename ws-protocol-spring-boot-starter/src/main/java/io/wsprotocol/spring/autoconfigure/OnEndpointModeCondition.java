package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.EndpointMode;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless {@code ws-protocol.spring.mode} is {@code off}. */
final class OnEndpointModeCondition extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        EndpointMode mode = Binder.get(context.getEnvironment())
                .bind("ws-protocol.spring.mode", EndpointMode.class)
                .orElse(EndpointMode.AUTO);
        return new ConditionOutcome(
                mode != EndpointMode.OFF,
                ConditionMessage.forCondition("ws-protocol.spring.mode").because("is " + mode));
    }
}

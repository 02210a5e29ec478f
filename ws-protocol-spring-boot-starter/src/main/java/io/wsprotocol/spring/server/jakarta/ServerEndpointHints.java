package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.server.ServerEndpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * Says ahead of time what is done by reflection to beans that have {@link ServerEndpoint}: their annotated methods are called, and they, their
 * configurators, decoders and encoders are made. Without state.
 *
 * @since 0.1.0
 */
public final class ServerEndpointHints implements BeanRegistrationAotProcessor {

    /** Makes one. */
    public ServerEndpointHints() {}

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
        ServerEndpoint annotation = AnnotationUtils.findAnnotation(type, ServerEndpoint.class);
        return annotation == null
                ? null
                : (context, code) -> register(context.getRuntimeHints().reflection(), type, annotation);
    }

    private static void register(ReflectionHints hints, Class<?> type, ServerEndpoint annotation) {
        // The container's own configurator makes the endpoint, one for each session.
        hints.registerType(type, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
        for (Class<?> declaring = type; declaring != null && declaring != Object.class; ) {
            // Those that are not public are refused, but for that they must be seen.
            hints.registerType(declaring, MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.INVOKE_DECLARED_METHODS);
            declaring = declaring.getSuperclass();
        }
        List<Class<?>> made = new ArrayList<>(List.of(annotation.decoders()));
        made.addAll(List.of(annotation.encoders()));
        made.add(annotation.configurator());
        made.forEach(part -> hints.registerType(part, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS));
    }
}

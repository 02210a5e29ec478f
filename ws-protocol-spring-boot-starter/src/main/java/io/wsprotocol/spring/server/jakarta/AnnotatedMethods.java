package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/**
 * The annotated methods of an endpoint's class (Jakarta WebSocket §4). What breaks a rule is refused at deployment. Immutable.
 *
 * @param open the one with {@link OnOpen}
 * @param close the one with {@link OnClose}
 * @param error the one with {@link OnError}
 * @param messages those with {@link OnMessage}, at most one for each kind of messages
 */
record AnnotatedMethods(
        @Nullable AnnotatedMethod open,
        @Nullable AnnotatedMethod close,
        @Nullable AnnotatedMethod error,
        List<Message> messages) {

    /**
     * A method that takes messages. Immutable.
     *
     * @param method the method
     * @param payload the type it takes
     * @param partial whether it takes parts
     * @param limit the longest message; negative for the session's limit
     */
    record Message(AnnotatedMethod method, Class<?> payload, boolean partial, long limit) {}

    /** {@return whether any takes messages in parts} */
    boolean takesParts() {
        return messages.stream().anyMatch(Message::partial);
    }

    /**
     * {@return those of a class}
     *
     * @throws DeploymentException when the class breaks a rule
     */
    static AnnotatedMethods of(Class<?> type, ServerEndpointConfig config) throws DeploymentException {
        List<Message> messages = new ArrayList<>();
        Set<PayloadKind> kinds = EnumSet.noneOf(PayloadKind.class);
        for (Method method : annotated(type, OnMessage.class)) {
            Message message = message(method);
            PayloadKind kind = PayloadKind.of(message.payload(), message.partial(), config.getDecoders());
            if (kind == null) {
                throw new DeploymentException(
                        method + " takes " + message.payload().getName() + ", which nothing decodes to");
            }
            if (!kinds.add(kind)) {
                throw new DeploymentException(type.getName() + " has two methods for " + kind + " messages");
            }
            messages.add(message);
        }
        AnnotatedMethod error = single(type, OnError.class, Throwable.class);
        if (error != null && !error.takes(Throwable.class)) {
            throw new DeploymentException(error.method() + " does not take the Throwable");
        }
        return new AnnotatedMethods(
                single(type, OnOpen.class, EndpointConfig.class),
                single(type, OnClose.class, CloseReason.class),
                error,
                List.copyOf(messages));
    }

    private static @Nullable AnnotatedMethod single(
            Class<?> type, Class<? extends Annotation> annotation, Class<?> special) throws DeploymentException {
        List<Method> methods = annotated(type, annotation);
        if (methods.isEmpty()) {
            return null;
        }
        if (methods.size() > 1) {
            throw new DeploymentException(type.getName() + " has two methods with @" + annotation.getSimpleName());
        }
        Method method = methods.get(0);
        AnnotatedMethod found = AnnotatedMethod.of(method);
        for (Class<?> parameter : found.unnamed()) {
            if (parameter != Session.class && parameter != special) {
                throw new DeploymentException(method + " takes " + parameter.getName() + ", which @"
                        + annotation.getSimpleName() + " does not give");
            }
        }
        return found;
    }

    private static Message message(Method method) throws DeploymentException {
        AnnotatedMethod found = AnnotatedMethod.of(method);
        List<Class<?>> payload = new ArrayList<>(found.unnamed());
        payload.remove(Session.class);
        boolean partial = payload.size() == 2 && (payload.remove(boolean.class) || payload.remove(Boolean.class));
        if (payload.size() != 1) {
            throw new DeploymentException(
                    method + " does not take one message, or one part and whether it is the last");
        }
        return new Message(
                found,
                payload.get(0),
                partial,
                method.getAnnotation(OnMessage.class).maxMessageSize());
    }

    /** {@return the methods with an annotation, those of superclasses that are not overridden too} */
    private static List<Method> annotated(Class<?> type, Class<? extends Annotation> annotation)
            throws DeploymentException {
        List<Method> found = new ArrayList<>();
        for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
            if (!method.isAnnotationPresent(annotation) || method.isBridge()) {
                continue;
            }
            if (!Modifier.isPublic(method.getModifiers())) {
                throw new DeploymentException(method + " is not public");
            }
            ReflectionUtils.makeAccessible(method);
            found.add(method);
        }
        return found;
    }

    /**
     * One method and what each of its parameters gets. Immutable.
     *
     * @param method the method
     * @param variables the names of path variables, in the order of the parameters; null where a parameter is none
     */
    record AnnotatedMethod(Method method, List<String> variables) {

        private static final String NONE = "";

        static AnnotatedMethod of(Method method) throws DeploymentException {
            List<String> variables = new ArrayList<>();
            for (Parameter parameter : method.getParameters()) {
                PathParam variable = parameter.getAnnotation(PathParam.class);
                if (variable != null && !TextValue.supports(parameter.getType())) {
                    throw new DeploymentException(method + " takes a @PathParam of type "
                            + parameter.getType().getName());
                }
                variables.add(variable == null ? NONE : variable.value());
            }
            return new AnnotatedMethod(method, List.copyOf(variables));
        }

        /** {@return the types of the parameters that are no path variable} */
        List<Class<?>> unnamed() {
            List<Class<?>> types = new ArrayList<>();
            for (int i = 0; i < variables.size(); i++) {
                if (!isVariable(i)) {
                    types.add(method.getParameterTypes()[i]);
                }
            }
            return types;
        }

        boolean takes(Class<?> type) {
            return unnamed().contains(type);
        }

        boolean isVariable(int parameter) {
            return !variables.get(parameter).isEmpty();
        }
    }
}

package io.wsprotocol.spring.server.jakarta;

import io.wsprotocol.spring.server.jakarta.AnnotatedMethods.AnnotatedMethod;
import io.wsprotocol.spring.server.jakarta.AnnotatedMethods.Message;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/** Calls the annotated methods of an object. Confined to one session. */
final class AnnotatedEndpoint extends Endpoint {

    private static final Log LOG = LogFactory.getLog(AnnotatedEndpoint.class);

    private final Object target;
    private final AnnotatedMethods methods;
    private final Map<String, String> pathParameters;

    AnnotatedEndpoint(Object target, AnnotatedMethods methods, Map<String, String> pathParameters) {
        this.target = target;
        this.methods = methods;
        this.pathParameters = pathParameters;
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        EngineSession ours = (EngineSession) session;
        for (Message message : methods.messages()) {
            MessageHandler handler = new MessageHandler() {};
            ours.handlers()
                    .add(new SessionHandlers.Receiver(
                            handler,
                            message.payload(),
                            message.partial(),
                            message.limit(),
                            (payload, last) -> answer(ours, invoke(message.method(), session, payload, last))));
        }
        call(methods.open(), session, config);
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        call(methods.close(), session, reason);
    }

    @Override
    public void onError(Session session, Throwable failure) {
        if (methods.error() == null) {
            LOG.error(
                    "An endpoint without @OnError failed: " + target.getClass().getName(), failure);
        }
        call(methods.error(), session, failure);
    }

    private void call(@Nullable AnnotatedMethod method, Session session, Object special) {
        if (method == null) {
            return;
        }
        try {
            invoke(method, session, special, false);
        } catch (Throwable e) {
            ReflectionUtils.rethrowRuntimeException(e);
        }
    }

    private @Nullable Object invoke(AnnotatedMethod method, Session session, Object special, boolean last)
            throws Throwable {
        try {
            return method.method().invoke(target, arguments(method, session, special, last));
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private @Nullable Object[] arguments(AnnotatedMethod method, Session session, Object special, boolean last)
            throws DecodeException {
        Class<?>[] types = method.method().getParameterTypes();
        boolean partial =
                method.unnamed().stream().filter(type -> type != Session.class).count() == 2;
        @Nullable Object[] arguments = new @Nullable Object[types.length];
        for (int i = 0; i < types.length; i++) {
            if (method.isVariable(i)) {
                String value = pathParameters.get(method.variables().get(i));
                arguments[i] = value == null ? null : TextValue.parse(types[i], value);
            } else if (types[i] == Session.class) {
                arguments[i] = session;
            } else if (partial && (types[i] == boolean.class || types[i] == Boolean.class)) {
                arguments[i] = last;
            } else {
                arguments[i] = special;
            }
        }
        return arguments;
    }

    private static void answer(EngineSession session, @Nullable Object result) throws Exception {
        if (result != null) {
            session.getBasicRemote().sendObject(result);
        }
    }
}

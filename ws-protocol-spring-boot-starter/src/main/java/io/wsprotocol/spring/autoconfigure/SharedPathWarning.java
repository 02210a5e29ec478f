package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.spring.server.EndpointInstaller;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Says at start which paths two endpoints have, one of Spring's and one of Jakarta WebSocket: a filter answers for the latter before
 * Spring's mapping is asked, so that the former would never be heard of.
 */
final class SharedPathWarning implements ApplicationListener<ContextRefreshedEvent> {

    private static final Log LOG = LogFactory.getLog(SharedPathWarning.class);

    private final ObjectProvider<EndpointInstaller> installers;

    SharedPathWarning(ObjectProvider<EndpointInstaller> installers) {
        this.installers = installers;
    }

    /** All endpoints are deployed by now. */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        Set<String> seen = new HashSet<>();
        installers.stream()
                // Within one installer Spring's mappings, or the container, have decided already.
                .flatMap(installer -> installer.decisions().stream()
                        .map(EndpointInstaller.Decision::path)
                        .distinct())
                .filter(path -> !seen.add(path))
                .distinct()
                .forEach(path -> LOG.warn("Two endpoints have the path " + path
                        + "; the one of Jakarta WebSocket (@ServerEndpoint) answers. Give one of them another path."));
    }
}

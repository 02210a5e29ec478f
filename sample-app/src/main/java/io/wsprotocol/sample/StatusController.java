package io.wsprotocol.sample;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.boot.SpringBootVersion;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the figures of the page. For anything else use the actuator: {@code /actuator/metrics} and {@code /actuator/prometheus}. */
@RestController
final class StatusController {

    private final MeterRegistry registry;
    private final EndpointStatus status;

    StatusController(MeterRegistry registry, EndpointStatus status) {
        this.registry = registry;
        this.status = status;
    }

    @GetMapping("/api/meters")
    MeterSnapshot meters() {
        return MeterSnapshot.of(registry);
    }

    @GetMapping("/api/status")
    Status status() {
        return new Status(Runtime.version().toString(), SpringBootVersion.getVersion(), status.endpoints());
    }

    /**
     * What runs here.
     *
     * @param java version of the JDK
     * @param springBoot version of Spring Boot
     * @param endpoints the WebSocket endpoints
     */
    record Status(String java, String springBoot, List<EndpointStatus.Endpoint> endpoints) {}
}

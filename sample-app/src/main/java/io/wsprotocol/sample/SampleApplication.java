package io.wsprotocol.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the sample on port 8080.
 *
 * @since 0.1.0
 */
@SpringBootApplication
public class SampleApplication {

    /** Starts the application; the arguments are Spring Boot's. */
    public static void main(String[] args) {
        SpringApplication.run(SampleApplication.class, args);
    }
}

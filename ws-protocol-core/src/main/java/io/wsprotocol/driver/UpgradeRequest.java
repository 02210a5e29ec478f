package io.wsprotocol.driver;

import io.wsprotocol.HttpHeader;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request to upgrade, as an {@link UpgradePolicy} sees it. Immutable.
 *
 * @param target the request target, as the client wrote it
 * @param headers all fields in their order
 * @since 0.1.0
 */
public record UpgradeRequest(String target, List<HttpHeader> headers) {

    /** Copies the list. */
    public UpgradeRequest {
        Objects.requireNonNull(target, "target");
        headers = List.copyOf(headers);
    }

    /**
     * {@return the value of the first field of that name, or null when there is none}
     *
     * @param name compared without case
     */
    public @Nullable String header(String name) {
        for (HttpHeader header : headers) {
            if (header.is(name)) {
                return header.value();
            }
        }
        return null;
    }

    /**
     * {@return how many fields have that name}
     *
     * @param name compared without case
     */
    public int count(String name) {
        int count = 0;
        for (HttpHeader header : headers) {
            count += header.is(name) ? 1 : 0;
        }
        return count;
    }
}

package io.wsprotocol.driver;

import io.wsprotocol.http.FieldSyntax;
import java.util.Objects;

/**
 * Decides about requests to upgrade whose form is right: who may, and with which subprotocol. Called once for each request, on the
 * owner's thread.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface UpgradePolicy {

    /**
     * {@return what to do}
     *
     * @param request target and headers; what the peer wrote, to be trusted in nothing
     */
    UpgradeDecision decide(UpgradeRequest request);

    /**
     * {@return the policy that upgrades requests without an origin, which no browser sends, and those of the same origin} Others get 403
     * (RFC 6455 §4.2.2, §10.2). The scheme is compared as well: behind TLS only {@code https} is the same. A {@code null} origin never
     * is.
     *
     * @param secure whether clients reach this server through TLS
     */
    static UpgradePolicy sameOrigin(boolean secure) {
        return request -> switch (request.count("Origin")) {
            case 0 -> UpgradeDecision.accept();
            case 1 -> isSame(request, secure) ? UpgradeDecision.accept() : UpgradeDecision.refuse(403);
            default -> UpgradeDecision.refuse(400);
        };
    }

    private static boolean isSame(UpgradeRequest request, boolean secure) {
        String origin = Objects.requireNonNull(request.header("Origin"));
        String host = request.header("Host");
        if (host == null) {
            return false;
        }
        String scheme = secure ? "https://" : "http://";
        String port = secure ? ":443" : ":80";
        String wanted = scheme + withoutPort(FieldSyntax.lowerCase(host), port);
        return wanted.equals(withoutPort(FieldSyntax.lowerCase(origin), port));
    }

    private static String withoutPort(String authority, String defaultPort) {
        return authority.endsWith(defaultPort)
                ? authority.substring(0, authority.length() - defaultPort.length())
                : authority;
    }
}

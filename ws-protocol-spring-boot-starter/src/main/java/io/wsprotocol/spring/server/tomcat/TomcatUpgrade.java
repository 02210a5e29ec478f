package io.wsprotocol.spring.server.tomcat;

import io.wsprotocol.spring.server.ShellStarter;
import io.wsprotocol.spring.server.TransportUpgrade;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.apache.catalina.connector.RequestFacade;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.WebUtils;

/**
 * Takes sockets over from Tomcat. Thread-safe.
 *
 * @since 0.1.0
 */
public final class TomcatUpgrade implements TransportUpgrade {

    /** The name of its transports. */
    static final String NAME = "tomcat native";

    /** Makes one. */
    public TomcatUpgrade() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isNative() {
        return true;
    }

    @Override
    public boolean supports(HttpServletRequest request) {
        return facadeOf(request) != null;
    }

    @Override
    public void upgrade(HttpServletRequest request, ShellStarter starter) throws IOException, ServletException {
        RequestFacade facade = facadeOf(request);
        if (facade == null) {
            throw new IllegalArgumentException("not a request of Tomcat's");
        }
        // Initialised only after the filters are done, so there is time to hand over the rest of the state.
        facade.upgrade(TomcatUpgradeHandler.class).starter(starter);
    }

    private static @Nullable RequestFacade facadeOf(HttpServletRequest request) {
        return WebUtils.getNativeRequest(request, RequestFacade.class);
    }
}

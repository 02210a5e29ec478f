package io.wsprotocol.spring.autoconfigure;

import java.security.NoSuchAlgorithmException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Where the TLS of clients comes from. */
final class ClientTls {

    private ClientTls() {}

    /** {@return the JDK's own context} */
    static SSLContext jdk() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no default TLS context", e);
        }
    }

    /**
     * {@return the context of a bundle, anew after each reload: it is another object from then on}
     *
     * @param bundles all of them
     * @param name of the bundle
     */
    static Supplier<SSLContext> reloaded(SslBundles bundles, String name) {
        SslBundle first = bundles.getBundle(name);
        return new Supplier<>() {

            private SslBundle last = first;
            private SSLContext context = first.createSslContext();

            @Override
            public synchronized SSLContext get() {
                SslBundle now = bundles.getBundle(name);
                if (now != last) {
                    context = now.createSslContext();
                    last = now;
                }
                return context;
            }
        };
    }
}

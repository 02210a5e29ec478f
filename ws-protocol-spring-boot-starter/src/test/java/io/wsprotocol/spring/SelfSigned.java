package io.wsprotocol.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Makes a certificate for {@code localhost} that nobody has signed but itself, new in each run. */
public final class SelfSigned {

    /** Of the store and of the key in it. */
    public static final String PASSWORD = "changeit";

    private SelfSigned() {}

    /** A PKCS 12 store with the key and the certificate. */
    public static Path keyStore(Path directory) throws IOException, InterruptedException {
        Path keyStore = directory.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-validity",
                        "2",
                        "-keystore",
                        keyStore.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return keyStore;
    }
}

package io.wsprotocol.spring.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link ProxySettings}. */
class ProxySettingsTests {

    @Test
    void namedHostsAreReachedWithoutIt() {
        ProxySettings proxy = proxy("localhost", "*.example.org");

        assertThat(proxy.applies("localhost")).isFalse();
        assertThat(proxy.applies("LocalHost")).isFalse();
        assertThat(proxy.applies("a.b.example.org")).isFalse();
        assertThat(proxy.applies("example.org")).isTrue();
        assertThat(proxy.applies("localhost.example.net")).isTrue();
    }

    @Test
    void itsTextHasNoPassword() {
        assertThat(proxy().toString()).contains("proxy.test:3128").doesNotContain("secret");
    }

    @Test
    void aPortThatIsNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProxySettings(ProxySettings.Type.HTTP, "proxy.test", 0, null, null, List.of()));
    }

    private static ProxySettings proxy(String... without) {
        return new ProxySettings(ProxySettings.Type.HTTP, "proxy.test", 3128, "user", "secret", List.of(without));
    }
}

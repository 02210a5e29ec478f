package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostSyntaxTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "1::3:4:5:6:7:8",
                "fe80::ABCD",
                "::ffff:192.0.2.1",
                "1:2:3:4:5:6:192.0.2.255",
                "64:ff9b::0.0.0.0",
                "0001:0db8::"
            })
    void addressesOfIpv6AreKnown(String text) {
        assertThat(HostSyntax.isIpv6(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                "1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4::5:6:7:8",
                "1::2::3",
                ":1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7:8:",
                ":1::",
                "::1:",
                "12345::",
                "g::",
                "192.0.2.1",
                "::192.0.2",
                "::192.0.2.256",
                "::192.0.2.01",
                "::192.0.2.1.1",
                "192.0.2.1::",
                "::192.0.2.1:1",
                "1:2:3:4:5:6:7:192.0.2.1",
                "::1%eth0",
                "\u0661::"
            })
    void otherTextIsNoAddressOfIpv6(String text) {
        assertThat(HostSyntax.isIpv6(text)).isFalse();
    }
}

package io.wsprotocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketUriTests {

    @Test
    @Tag("R6455-C-01-")
    void messagesNameWhatIsMissing() {
        assertRefused("ws:///", "no host");
        assertRefused("ws://:80/", "no host");
        assertRefused("ws://[::1/", "closing bracket");
        assertRefused("ws://[::1]x/", "between its host and its port");
    }

    @ParameterizedTest
    @CsvSource({
        "ws://example.com,false,example.com,80,/,example.com",
        "wss://example.com,true,example.com,443,/,example.com",
        "WS://Example.COM/Chat,false,example.com,80,/Chat,example.com",
        "wSs://example.com/,true,example.com,443,/,example.com",
        "ws://example.com:80/,false,example.com,80,/,example.com",
        "ws://example.com:443/,false,example.com,443,/,example.com:443",
        "wss://example.com:80/,true,example.com,80,/,example.com:80",
        "wss://example.com:443/,true,example.com,443,/,example.com",
        "ws://example.com:1/,false,example.com,1,/,example.com:1",
        "ws://example.com:65535/,false,example.com,65535,/,example.com:65535",
        "ws://example.com:/,false,example.com,80,/,example.com",
        "ws://example.com:08080/,false,example.com,8080,/,example.com:8080",
        "ws://10.0.0.1:8080,false,10.0.0.1,8080,/,10.0.0.1:8080",
        "ws://[::1],false,::1,80,/,[::1]",
        "ws://[2001:DB8::1]:8080/a,false,2001:db8::1,8080,/a,[2001:db8::1]:8080",
        "ws://a_b.c-d~e./,false,a_b.c-d~e.,80,/,a_b.c-d~e."
    })
    @Tag("R6455-U-01+")
    @Tag("R6455-U-05+")
    @Tag("R6455-C-18+")
    @Tag("R6455-U-06+")
    @Tag("R6455-C-01+")
    void schemeHostAndPortAreRead(
            String text, boolean secure, String host, int port, String resourceName, String hostHeader) {
        WebSocketUri uri = WebSocketUri.parse(text);
        assertThat(uri).isEqualTo(new WebSocketUri(secure, host, port, resourceName));
        assertThat(uri.hostHeader()).isEqualTo(hostHeader);
    }

    @ParameterizedTest
    @CsvSource({
        "ws://h,/",
        "ws://h/,/",
        "ws://h?,/",
        "ws://h/?,/",
        "ws://h/p?,/p",
        "ws://h?q,/?q",
        "ws://h/??,/??",
        "ws://h/p?a=b&c=d/e?f,/p?a=b&c=d/e?f",
        "ws://h/a/../b//c;d=e,/a/../b//c;d=e",
        "ws://h//x,//x",
        "ws://h/a:b@c,/a:b@c",
        "ws://h/%23%2f,/%23%2f",
        "ws://h/%aA%fF%09,/%aA%fF%09",
        "ws://h/?x=://y,/?x=://y"
    })
    @Tag("R6455-U-04+")
    @Tag("R6455-U-02+")
    @Tag("R6455-U-03+")
    @Tag("R6455-U-08+")
    void theResourceNameIsPathAndNonEmptyQuery(String text, String resourceName) {
        assertThat(WebSocketUri.parse(text).resourceName()).isEqualTo(resourceName);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '!',
            value = {
                "ws://h/é!/%C3%A9",
                "ws://h/?q=€!/?q=%E2%82%AC",
                "ws://h?é!/?%C3%A9",
                "ws://h/😀x!/%F0%9F%98%80x",
                "ws://h/a b!/a%20b",
                "ws://h/[a]{b}|c^d\"e<f>g\\h'i!/%5Ba%5D%7Bb%7D%7Cc%5Ed%22e%3Cf%3Eg%5Ch'i"
            })
    @Tag("R6455-U-07+")
    void charactersThatAUriMustNotHaveAreEscapedAsUtf8(String text, String resourceName) {
        assertThat(WebSocketUri.parse(text).resourceName()).isEqualTo(resourceName);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ws",
                "ws:",
                "ws:/h",
                "ws//h",
                "://h",
                "http://h/",
                "https://h/",
                "wsss://h/",
                " ws://h/",
                "w\u017f://h/",
                "/chat",
                "example.com"
            })
    @Tag("R6455-U-01-")
    @Tag("R6455-C-01-")
    void otherSchemesAreRefused(String text) {
        assertRefused(text, "ws:// or wss://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://h#", "ws://h/#a", "ws://h/?q#a", "ws://#h", "ws://h/a#b?c"})
    @Tag("R6455-U-02-")
    @Tag("R6455-U-03-")
    void fragmentsAreRefused(String text) {
        assertRefused(text, "%23");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ws://user@h/", "ws://user:secret@h/", "ws://@h/", "ws://h@", "ws://a@b@h/", "ws://h:80@evil/"})
    @Tag("R6455-U-08-")
    void userInformationIsRefused(String text) {
        assertRefused(text, "user information");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws://b\u00fccher.example/",
                "ws://\u4f8b\u3048/",
                "ws://ex\u00adample/",
                "ws://\u212A/",
                "ws://h\u0080/"
            })
    @Tag("R6455-U-06-")
    void hostsOutsideAsciiMustBeConvertedFirst(String text) {
        assertRefused(text, "java.net.IDN.toASCII");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws://",
                "ws:///",
                "ws://:80/",
                "ws://?q",
                "ws://a b/",
                "ws://a\\b/",
                "ws://a%41/",
                "ws://a\r\nX/",
                "ws://a\0/",
                "ws://a,b/",
                "ws://[]/",
                "ws://[::1/",
                "ws://[::1]x/",
                "ws://[a]/",
                "ws://[::1%25eth0]/",
                "ws://[v1.a]/",
                "ws://[[::1]]/",
                "ws://[1:2:3:4:5:6:7:]/",
                "ws://[:1:2:3:4:5:6:7]/",
                "ws://[::1.2.3.4.]/",
                "ws://[::.1.2.3]/",
                "ws://::1/",
                "ws://a:b:80/"
            })
    @Tag("R6455-C-01-")
    void malformedHostsAreRefused(String text) {
        assertRefused(text, "URI has");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "00",
                "65536",
                "4294967376",
                "99999999999999999999",
                "-1",
                "+80",
                "8x",
                "8 0",
                "\u0661",
                "80:80"
            })
    @Tag("R6455-C-01-")
    @Tag("R6455-U-05-")
    void malformedPortsAreRefused(String port) {
        assertRefused("ws://h:" + port + "/", "port");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%",
                "/%2",
                "/%zz",
                "/%g0",
                "/%G0",
                "/%@0",
                "/%`0",
                "/%2g",
                "/?%",
                "/a%\u0661\u0661",
                "/\r\nX: y",
                "/\0",
                "/\u007F",
                "/\u0085",
                "/\ud800",
                "/\udc00\ud800"
            })
    @Tag("R6455-C-01-")
    @Tag("R6455-C-15-")
    @Tag("R6455-U-04-")
    @Tag("R6455-U-07-")
    void malformedResourceNamesAreRefused(String resource) {
        assertRefused("ws://h" + resource, "URI has");
    }

    @Test
    void theRecordItselfAdmitsNothingThatCouldBreakAHead() {
        assertThat(new WebSocketUri(false, "EXAMPLE.com", 80, "/").host()).isEqualTo("example.com");
        for (String host : new String[] {"", "a b", "a\r\nX", "[::1]", "a:80", "b\u00fccher"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new WebSocketUri(false, host, 80, "/"));
        }
        for (int port : new int[] {-1, 0, 65_536}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new WebSocketUri(false, "h", port, "/"));
        }
        for (String resource : new String[] {"", "a", "?a", "/a b", "/a#b", "/\r\n", "/\u00e9"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new WebSocketUri(false, "h", 80, resource));
        }
    }

    @Test
    void messagesDoNotRepeatTheUri() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSocketUri.parse("ws://h/?token=secret#x"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    private static void assertRefused(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebSocketUri.parse(text))
                .withMessageContaining(message);
    }

    @Test
    @Tag("R6455-U-07-")
    void whatAUriMayHaveIsNotEscaped() {
        String allowed = "/-._~!$&'()*+,;=:@/09azAZ?-._~!$&'()*+,;=:@/?09azAZ";
        assertThat(WebSocketUri.parse("ws://h" + allowed).resourceName()).isEqualTo(allowed);
    }
}

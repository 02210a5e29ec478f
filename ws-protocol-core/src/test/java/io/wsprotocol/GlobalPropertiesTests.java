package io.wsprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("WSPC-1.13")
class GlobalPropertiesTests {

    @Test
    @Tag("V38")
    void withoutASettingTheIntervalIsThatOfWindows() {
        assertThat(GlobalProperties.defaults().keepAliveInterval()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"1,15000", "14999,15000", "15000,15000", "15001,15001", "60000,60000"})
    @Tag("V39")
    void aSmallIntervalIsRaisedToTheFloor(long given, long kept) {
        assertThat(GlobalProperties.withKeepAliveInterval(Duration.ofMillis(given))
                        .keepAliveInterval())
                .isEqualTo(Duration.ofMillis(kept));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void anIntervalThatIsNotPositiveIsRefused(long given) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GlobalProperties.withKeepAliveInterval(Duration.ofMillis(given)));
    }

    @Test
    @Tag("R6455-S-21+")
    void bothGlobalPropertiesAreReadByType() {
        GlobalProperties properties = GlobalProperties.withKeepAliveInterval(Duration.ofSeconds(20));
        assertThat(properties.get(PropertyType.KEEPALIVE_INTERVAL)).isEqualTo(Duration.ofSeconds(20));
        assertThat(properties.get(PropertyType.SUPPORTED_VERSIONS)).isEqualTo(List.of(13));
        assertThat(properties).hasToString("GlobalProperties[keepAliveInterval=PT20S, supportedVersions=[13]]");
    }

    @ParameterizedTest
    @EnumSource(PropertyType.class)
    void theOthersBelongToAHandle(PropertyType type) {
        if (type.isGlobal()) {
            assertThat(GlobalProperties.defaults().get(type)).isInstanceOf(type.valueType());
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GlobalProperties.defaults().get(type));
        }
    }
}

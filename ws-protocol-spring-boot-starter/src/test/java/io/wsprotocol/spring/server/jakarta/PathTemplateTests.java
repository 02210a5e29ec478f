package io.wsprotocol.spring.server.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.DeploymentException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link PathTemplate}. */
class PathTemplateTests {

    @Test
    void matchesWholeSegments() throws DeploymentException {
        PathTemplate template = PathTemplate.of("/chat/{room}/of/{user}");

        assertThat(template.match("/chat/main/of/joe")).isEqualTo(Map.of("room", "main", "user", "joe"));
        assertThat(template.match("/chat/main/of")).isNull();
        assertThat(template.match("/chat/main/of/joe/")).isNull();
        assertThat(template.match("/chat//of/joe")).isNull();
        assertThat(template.match("/Chat/main/of/joe")).isNull();
        assertThat(template.match("chat/main/of/joe")).isNull();
        assertThat(PathTemplate.of("/").match("/")).isEmpty();
        assertThat(PathTemplate.of("/a").match("")).isNull();
    }

    @Test
    void prefersLiteralsFromTheLeft() throws DeploymentException {
        assertThat(PathTemplate.of("/a/b")).isLessThan(PathTemplate.of("/a/{x}"));
        assertThat(PathTemplate.of("/a/{x}")).isLessThan(PathTemplate.of("/{x}/b"));
        assertThat(PathTemplate.of("/{x}/b")).isLessThan(PathTemplate.of("/{x}/{y}"));
        assertThat(PathTemplate.of("/a/{x}"))
                .isEqualTo(PathTemplate.of("/a/{y}"))
                .hasSameHashCodeAs(PathTemplate.of("/a/{y}"))
                .isNotEqualTo(PathTemplate.of("/a/y"))
                .hasToString("/a/{x}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/{x}/{x}", "/a{x}", "/{x}b", "/{", "/}", "/{}", "/{{x}}"})
    void refusesWhatIsNone(String path) {
        assertThatThrownBy(() -> PathTemplate.of(path)).isInstanceOf(DeploymentException.class);
    }
}

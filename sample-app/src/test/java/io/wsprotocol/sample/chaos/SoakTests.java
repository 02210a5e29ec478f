package io.wsprotocol.sample.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The short form of the {@link Soak}. Needs Linux. */
@Tag("soak")
class SoakTests {

    @Test
    void nothingIsLostAndNothingIsLeftBehind() throws Exception {
        SoakReport report = Soak.run(SoakPlan.shortest());

        System.out.println(report.text());
        assertThat(report.faults()).isEmpty();
    }
}

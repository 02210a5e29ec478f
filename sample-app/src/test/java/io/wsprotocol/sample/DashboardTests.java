package io.wsprotocol.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every query of the Grafana dashboard finds its meters, with the labels it asks for, in what Prometheus gets of the sample. */
@SampleTest
class DashboardTests {

    private static final Path DASHBOARD = Path.of("grafana", "ws-protocol.json");

    /** A meter in a query, with what it must match. */
    private static final Pattern SELECTED = Pattern.compile("(ws_protocol_\\w+)\\{([^}]*)}");

    private static final Pattern GROUPED = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern MATCHED = Pattern.compile("(\\w+)(=~?)\"([^\"]*)\"");
    private static final Pattern SERIES = Pattern.compile("^(ws_protocol_\\w+)(?:\\{([^}]*)})? ", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** Prometheus adds it to what it scrapes. */
    private static final String INSTANCE = "instance";

    @LocalServerPort
    private int port;

    @Test
    void everyQueryFindsItsMetersAndLabels() throws Exception {
        liveAndFail();
        Map<String, List<Map<String, String>>> scraped = scrape();

        List<String> queries = queries();

        assertThat(queries).hasSizeGreaterThan(20);
        for (String query : queries) {
            if (query.contains("ws_protocol_stomp_relay_") || query.contains("ws_protocol_broadcast_")) {
                continue; // this instance knows no other
            }
            Matcher selected = SELECTED.matcher(query);
            int meters = 0;
            while (selected.find()) {
                meters++;
                List<Map<String, String>> series = scraped.getOrDefault(selected.group(1), List.of());
                assertThat(series).as(query).isNotEmpty().anySatisfy(labels -> {
                    assertThat(labels.keySet()).containsAll(groupedBy(query));
                    assertMatches(labels, selected.group(2));
                });
            }
            assertThat(meters).as(query).isPositive();
        }
    }

    @Test
    void everyMeterIsOnTheDashboard() throws Exception {
        liveAndFail();
        Set<String> shown = new HashSet<>();
        for (String query : queries()) {
            SELECTED.matcher(query).results().forEach(meter -> shown.add(meter.group(1)));
        }

        Stream<String> timesOfOthers = scrape().keySet().stream()
                .filter(name -> !name.endsWith("_seconds_max") && !name.endsWith("_bytes_max"));
        assertThat(shown).containsAll(List.of("ws_protocol_action_seconds_max"));
        // Compressed messages are counted in the scrape; the dashboard shows what that saved.
        assertThat(timesOfOthers.filter(name -> !name.equals("ws_protocol_compression_messages_total")))
                .isSubsetOf(shown);
    }

    /** Connections that send, end, are refused and break a rule, so that the meters of rare events exist. */
    private void liveAndFail() throws Exception {
        try (RawConnection connection = RawConnection.open(port, "/echo")) {
            connection.sendFrame(0x81, (byte) 'a');
            connection.frame();
            connection.sendFrame(0x83, (byte) 'a');
            connection.framesUntilEnd();
        }
        try (RawConnection connection = new RawConnection(port)) {
            connection.send(new RawConnection.Upgrade(port, "/echo")
                    .without("Sec-WebSocket-Key")
                    .text());
            assertThat(connection.response().status()).isEqualTo(400);
        }
        Awaitility.await()
                .until(() -> Page.get(port, "/actuator/prometheus").body().contains("ws_protocol_closes_total{"));
    }

    private static List<String> queries() {
        JsonNode dashboard = JsonMapper.shared().readTree(DASHBOARD.toFile());
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.get("targets")) {
                queries.add(target.get("expr").asString());
            }
        }
        return queries;
    }

    private Map<String, List<Map<String, String>>> scrape() throws Exception {
        Map<String, List<Map<String, String>>> found = new HashMap<>();
        Matcher series = SERIES.matcher(Page.get(port, "/actuator/prometheus").body());
        while (series.find()) {
            Map<String, String> labels = new HashMap<>();
            String written = series.group(2) == null ? "" : series.group(2);
            LABEL.matcher(written).results().forEach(label -> labels.put(label.group(1), label.group(2)));
            found.computeIfAbsent(series.group(1), name -> new ArrayList<>()).add(labels);
        }
        return found;
    }

    private static Set<String> groupedBy(String query) {
        Set<String> labels = new HashSet<>();
        GROUPED.matcher(query)
                .results()
                .forEach(group -> labels.addAll(Arrays.asList(group.group(1).split(", "))));
        return labels;
    }

    private static void assertMatches(Map<String, String> labels, String selector) {
        Matcher matched = MATCHED.matcher(selector);
        while (matched.find()) {
            if (!matched.group(1).equals(INSTANCE)) {
                assertThat(labels).containsEntry(matched.group(1), matched.group(3));
            }
        }
    }
}

package io.wsprotocol.spring.autoconfigure;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Explains a configuration property that is out of range or contradicts another: which key, what it says and where, what is allowed,
 * and the YAML to write instead. Immutable.
 */
final class InvalidPropertyValueFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyValueException>
        implements Ordered {

    private final Environment environment;

    InvalidPropertyValueFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    /** {@return the first place: Boot's own analysis of binding failures knows the property's group only} */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyValueException cause) {
        String description = "The property '" + cause.key() + "' is '" + cause.value() + "'" + origin(cause.key())
                + ", but must be " + cause.expected() + ".";
        String action = "Write in application.yml, for example:\n\n" + yaml(cause.exampleKey(), cause.example());
        return new FailureAnalysis(description, action, cause);
    }

    private String origin(String key) {
        ConfigurationProperty property = find(ConfigurationPropertyName.of(key));
        return property == null || property.getOrigin() == null ? "" : " (from " + property.getOrigin() + ")";
    }

    private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return property;
            }
        }
        return null;
    }

    /** {@return the key as nested YAML} */
    static String yaml(String key, String value) {
        StringBuilder yaml = new StringBuilder();
        List<String> parts = Arrays.asList(key.split("\\.", -1));
        for (int depth = 0; depth < parts.size(); depth++) {
            yaml.append("  ".repeat(depth + 1)).append(parts.get(depth)).append(':');
            yaml.append(depth + 1 < parts.size() ? "\n" : " " + value);
        }
        return yaml.toString();
    }
}

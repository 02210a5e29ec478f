package io.wsprotocol.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.PropertyMatches;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Explains a name under {@code ws-protocol} that no property has, and says which ones there are. Immutable. */
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException>
        implements Ordered {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("ws-protocol");

    /** {@return the first place: Boot's own analysis does not know the other names} */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> unknown = cause.getUnboundProperties().stream()
                .filter(property -> PREFIX.isAncestorOf(property.getName()))
                .toList();
        if (unknown.isEmpty()) {
            return null;
        }
        String description = unknown.stream()
                .map(property -> "There is no property '" + property.getName() + "'" + origin(property) + ".")
                .collect(Collectors.joining("\n"));
        String action = unknown.stream()
                .map(property -> advice(property.getName()))
                .distinct()
                .collect(Collectors.joining("\n"));
        return new FailureAnalysis(description, action, cause);
    }

    private static String origin(ConfigurationProperty property) {
        return property.getOrigin() == null ? "" : " (from " + property.getOrigin() + ")";
    }

    /** Follows the name as far as it goes, and says how it may go on. */
    private static String advice(ConfigurationPropertyName name) {
        ResolvableType type = ResolvableType.forClass(WsProtocolProperties.class);
        for (int i = PREFIX.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
            ResolvableType next = next(type, name.getElement(i, Form.UNIFORM));
            if (next == null) {
                return advice(name.chop(i), type.toClass(), name.getElement(i, Form.ORIGINAL));
            }
            type = next;
        }
        return "Write one of the properties below '" + name + "': " + names(type.toClass()) + ".";
    }

    private static @Nullable ResolvableType next(ResolvableType type, String element) {
        if (Map.class.isAssignableFrom(type.toClass())) {
            return type.asMap().getGeneric(1);
        }
        for (RecordComponent component : componentsOf(type.toClass())) {
            if (component.getName().equalsIgnoreCase(element)) {
                return ResolvableType.forMethodReturnType(component.getAccessor());
            }
        }
        return null;
    }

    private static String advice(ConfigurationPropertyName parent, Class<?> type, String element) {
        if (componentsOf(type).length == 0) {
            return "Write a value for '" + parent + "': nothing is below it.";
        }
        String[] near = PropertyMatches.forField(camelCase(element), type).getPossibleMatches();
        return near.length > 0
                ? "Write '" + parent.append(DataObjectPropertyName.toDashedForm(near[0])) + "', if that was meant."
                : "Write one of the properties below '" + parent + "': " + names(type) + ".";
    }

    private static String camelCase(String dashed) {
        String[] words = dashed.split("-", -1);
        return words[0]
                + Arrays.stream(words).skip(1).map(StringUtils::capitalize).collect(Collectors.joining());
    }

    private static String names(Class<?> type) {
        return Arrays.stream(componentsOf(type))
                .map(component -> DataObjectPropertyName.toDashedForm(component.getName()))
                .collect(Collectors.joining(", "));
    }

    /** {@return the properties in a group; none in a value, which is a record, too, where it has a text} */
    private static RecordComponent[] componentsOf(Class<?> type) {
        boolean group = type.isRecord() && !ClassUtils.hasMethod(type, "of", String.class);
        return group ? type.getRecordComponents() : new RecordComponent[0];
    }
}

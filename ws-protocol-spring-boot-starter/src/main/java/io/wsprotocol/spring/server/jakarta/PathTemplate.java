package io.wsprotocol.spring.server.jakarta;

import jakarta.websocket.DeploymentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The path of an endpoint, whose segments may be variables, such as {@code /chat/{room}} (Jakarta WebSocket §3.1.1). Immutable. Sorts
 * by precedence: of two that match the same path, the one with a literal where they differ first comes first.
 */
final class PathTemplate implements Comparable<PathTemplate> {

    private final String path;
    private final List<Segment> segments;

    /** One part between two slashes. Immutable. */
    private record Segment(String text, boolean variable) {}

    private PathTemplate(String path, List<Segment> segments) {
        this.path = path;
        this.segments = segments;
    }

    /**
     * {@return the template that a path says}
     *
     * @param path begins with a slash
     * @throws DeploymentException when it is none
     */
    static PathTemplate of(String path) throws DeploymentException {
        if (!path.startsWith("/")) {
            throw new DeploymentException("The path '" + path + "' of an endpoint must begin with '/'");
        }
        List<Segment> segments = new ArrayList<>();
        for (String part : split(path)) {
            segments.add(segment(path, part, segments));
        }
        return new PathTemplate(path, List.copyOf(segments));
    }

    /**
     * {@return the values of the variables; null when the path is another}
     *
     * @param requested the path of a request, decoded
     */
    @Nullable
    Map<String, String> match(String requested) {
        String[] parts = split(requested);
        if (!requested.startsWith("/") || parts.length != segments.size()) {
            return null;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i++) {
            Segment segment = segments.get(i);
            if (segment.variable()) {
                if (parts[i].isEmpty()) {
                    return null;
                }
                values.put(segment.text(), parts[i]);
            } else if (!segment.text().equals(parts[i])) {
                return null;
            }
        }
        return values;
    }

    /** {@return less than 0 when this has precedence, 0 when both match the same paths} */
    @Override
    public int compareTo(PathTemplate other) {
        int result = Integer.compare(segments.size(), other.segments.size());
        for (int i = 0; result == 0 && i < segments.size(); i++) {
            Segment mine = segments.get(i);
            Segment theirs = other.segments.get(i);
            if (mine.variable() != theirs.variable()) {
                result = mine.variable() ? 1 : -1;
            } else if (!mine.variable()) {
                result = mine.text().compareTo(theirs.text());
            }
        }
        return result;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathTemplate template && compareTo(template) == 0;
    }

    @Override
    public int hashCode() {
        return segments.size();
    }

    /** {@return the path as it was written} */
    @Override
    public String toString() {
        return path;
    }

    private static Segment segment(String path, String part, List<Segment> before) throws DeploymentException {
        boolean variable = part.startsWith("{") && part.endsWith("}") && part.length() > 2;
        String text = variable ? part.substring(1, part.length() - 1) : part;
        if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw new DeploymentException("In the path '" + path + "' a variable is not a whole segment");
        }
        Segment segment = new Segment(text, variable);
        if (variable && before.contains(segment)) {
            throw new DeploymentException("In the path '" + path + "' a variable occurs twice");
        }
        return segment;
    }

    private static String[] split(String path) {
        return path.substring(path.isEmpty() ? 0 : 1).split("/", -1);
    }
}

package io.wsprotocol.spring.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint's sessions get which settings: those of the first entry whose pattern fits, else the general ones. Thread-safe.
 *
 * <p>What is compared is the path that an endpoint is mapped to, not the path of a request, so that no spelling of a request
 * escapes its profile.
 *
 * @since 0.1.0
 */
public final class SessionProfiles {

    private final Profile general;
    private final List<Profile> profiles = new ArrayList<>();

    /**
     * The settings of some endpoints. Immutable.
     *
     * @param path a path pattern
     * @param settings their settings
     * @since 0.1.0
     */
    public record Entry(String path, SessionSettings settings) {

        /** Checks what must be there. */
        public Entry {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(settings, "settings");
        }
    }

    /**
     * Makes the choice.
     *
     * @param general the settings of endpoints that no entry names
     * @param entries in this order
     */
    public SessionProfiles(SessionSettings general, List<Entry> entries) {
        this.general = new Profile("", general);
        entries.forEach(entry -> profiles.add(new Profile(entry.path(), entry.settings())));
    }

    /**
     * {@return the settings of an endpoint's sessions}
     *
     * @param mapping the pattern it is mapped to; null when that is not known
     * @param partial whether its handler takes messages in parts
     */
    public SessionSettings settingsFor(@Nullable String mapping, boolean partial) {
        Profile chosen = general;
        if (mapping != null) {
            for (Profile profile : profiles) {
                if (profile.pattern.fits(mapping)) {
                    chosen = profile;
                    break;
                }
            }
        }
        return partial ? chosen.partial : chosen.whole;
    }

    /** Both forms of one endpoint's settings, made once. */
    private static final class Profile {

        final EndpointPattern pattern;
        final SessionSettings whole;
        final SessionSettings partial;

        Profile(String path, SessionSettings settings) {
            this.pattern = new EndpointPattern(path);
            this.whole = settings.partial(false);
            this.partial = settings.partial(true);
        }
    }
}

package io.wsprotocol.spring.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /* What applications said of single endpoints besides, by the mapping. */
    private final Map<String, Profile> declared = new ConcurrentHashMap<>();

    /**
     * The settings of some endpoints. Immutable.
     *
     * @param path a path pattern
     * @param settings their settings
     * @param explicit those of the settings that the configuration names
     * @since 0.1.0
     */
    public record Entry(String path, SessionSettings settings, Set<ExplicitSetting> explicit) {

        /** Checks what must be there. */
        public Entry {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(settings, "settings");
            explicit = Set.copyOf(explicit);
        }
    }

    /**
     * Makes the choice.
     *
     * @param general the settings of endpoints that no entry names; its path does not count
     * @param entries in this order
     */
    public SessionProfiles(Entry general, List<Entry> entries) {
        this.general = new Profile(general);
        entries.forEach(entry -> profiles.add(new Profile(entry)));
    }

    /**
     * Takes over what the application said about an endpoint the way its container or Spring has it, as far as the configuration says
     * nothing about the same.
     *
     * @param mapping the pattern that the endpoint is mapped to
     * @param limits what it said
     * @return what there is to say about it
     */
    public List<String> declare(String mapping, DeclaredLimits limits) {
        Profile before = profileOf(mapping);
        DeclaredLimits.Result result = limits.applyTo(before.whole, before.explicit);
        if (!result.notes().isEmpty()) {
            declared.put(mapping, new Profile(new Entry(mapping, result.settings(), before.explicit)));
        }
        return result.notes();
    }

    /**
     * {@return the settings of an endpoint's sessions}
     *
     * @param mapping the pattern it is mapped to; null when that is not known
     * @param partial whether its handler takes messages in parts
     */
    public SessionSettings settingsFor(@Nullable String mapping, boolean partial) {
        Profile said = mapping == null ? null : declared.get(mapping);
        Profile chosen = said == null ? profileOf(mapping) : said;
        return partial ? chosen.partial : chosen.whole;
    }

    private Profile profileOf(@Nullable String mapping) {
        if (mapping != null) {
            for (Profile profile : profiles) {
                if (profile.pattern.fits(mapping)) {
                    return profile;
                }
            }
        }
        return general;
    }

    /** Both forms of one endpoint's settings, made once. */
    private static final class Profile {

        final EndpointPattern pattern;
        final SessionSettings whole;
        final SessionSettings partial;
        final Set<ExplicitSetting> explicit;

        Profile(Entry entry) {
            this.pattern = new EndpointPattern(entry.path());
            this.whole = entry.settings().partial(false);
            this.partial = entry.settings().partial(true);
            this.explicit = entry.explicit();
        }
    }
}

package io.wsprotocol.spring.autoconfigure;

import io.wsprotocol.driver.ConnectionOptions;
import io.wsprotocol.spring.SendOverflow;
import io.wsprotocol.spring.server.ExplicitSetting;
import io.wsprotocol.spring.server.SessionProfiles;
import io.wsprotocol.spring.server.SessionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Makes the settings of each endpoint out of the general options and the profile that its path names. Immutable. */
final class SessionProfilesMapper {

    private final WsProtocolProperties properties;
    private final ConnectionOptions general;

    /**
     * @param properties what the configuration says
     * @param general the options that profiles deviate from
     */
    SessionProfilesMapper(WsProtocolProperties properties, ConnectionOptions general) {
        this.properties = properties;
        this.general = general;
    }

    /**
     * {@return the settings of all endpoints}
     *
     * @param isSet whether the configuration names a property, or one whose name begins so
     */
    SessionProfiles map(Predicate<String> isSet) {
        Set<ExplicitSetting> explicit = explicit(isSet);
        // A profile that no path names is checked as well: its mistakes should not wait for the day it is used.
        properties.profiles().forEach(this::settings);
        List<SessionProfiles.Entry> entries = new ArrayList<>();
        List<WsProtocolProperties.PathSetting> paths = properties.server().pathSettings();
        for (int i = 0; i < paths.size(); i++) {
            String key = "ws-protocol.server.path-settings[" + i + "].profile";
            String name = paths.get(i).profile();
            SessionSettings settings = named(key, name);
            Set<ExplicitSetting> all = EnumSet.noneOf(ExplicitSetting.class);
            all.addAll(explicit);
            all.addAll(explicit(properties.profiles().get(name)));
            entries.add(new SessionProfiles.Entry(paths.get(i).path(), settings, all));
        }
        return new SessionProfiles(new SessionProfiles.Entry("", general(), explicit), entries);
    }

    /** What a bean of the application's says otherwise than the properties is as good as one of them. */
    private Set<ExplicitSetting> explicit(Predicate<String> isSet) {
        ConnectionOptions said = new ConnectionOptionsMapper(properties).map().build();
        Set<ExplicitSetting> explicit = EnumSet.noneOf(ExplicitSetting.class);
        for (ExplicitSetting setting : ExplicitSetting.values()) {
            boolean changed = switch (setting) {
                case MESSAGE_SIZE -> general.maxMessageBytes() != said.maxMessageBytes();
                case IDLE_TIMEOUT -> !general.idleTimeout().equals(said.idleTimeout());
                case KEEP_ALIVE ->
                    general.keepAlive() != said.keepAlive()
                            || !general.pingInterval().equals(said.pingInterval());
                case SEND_TIMEOUT -> !general.writeTimeout().equals(said.writeTimeout());
            };
            if (changed || isSet.test(setting.property())) {
                explicit.add(setting);
            }
        }
        return explicit;
    }

    private static Set<ExplicitSetting> explicit(@Nullable ProfileProperties profile) {
        Set<ExplicitSetting> explicit = EnumSet.noneOf(ExplicitSetting.class);
        if (profile == null) {
            return explicit;
        }
        if (profile.limits().maxMessageSize() != null) {
            explicit.add(ExplicitSetting.MESSAGE_SIZE);
        }
        if (profile.idleTimeout() != null) {
            explicit.add(ExplicitSetting.IDLE_TIMEOUT);
        }
        if (profile.keepalive().mode() != null || profile.keepalive().interval() != null) {
            explicit.add(ExplicitSetting.KEEP_ALIVE);
        }
        if (profile.send().timeout() != null) {
            explicit.add(ExplicitSetting.SEND_TIMEOUT);
        }
        return explicit;
    }

    /** {@return the settings of what has no profile} */
    SessionSettings general() {
        WsProtocolProperties.Send send = properties.send();
        // A bean of the application's may have chosen its own policy; then nobody waits.
        SendOverflow overflow = general.overflowPolicy() == send.overflow().policy()
                ? send.overflow()
                : SendOverflow.valueOf(general.overflowPolicy().name());
        return new SessionSettings(general, overflow, send.timeout());
    }

    /**
     * {@return the settings of a profile}
     *
     * @param key the property that names it
     * @param name its name
     * @throws InvalidPropertyValueException when there is none of that name
     */
    SessionSettings named(String key, String name) {
        ProfileProperties profile = properties.profiles().get(name);
        if (profile == null) {
            throw unknown(key, name);
        }
        return settings(name, profile);
    }

    private InvalidPropertyValueException unknown(String key, String name) {
        TreeSet<String> known = new TreeSet<>(properties.profiles().keySet());
        return known.isEmpty()
                ? new InvalidPropertyValueException(
                        key,
                        name,
                        "a name under ws-protocol.profiles, where there is none",
                        "ws-protocol.profiles." + name + ".limits.max-message-size",
                        "1MB")
                : new InvalidPropertyValueException(
                        key,
                        name,
                        "one of the names under ws-protocol.profiles: " + String.join(", ", known),
                        known.first());
    }

    private SessionSettings settings(String name, ProfileProperties profile) {
        String prefix = "ws-protocol.profiles." + name + ".";
        ConnectionOptions.Builder options = general.toBuilder();
        limits(prefix + "limits.", profile.limits(), options);
        send(prefix + "send.", profile.send(), options);
        keepAlive(prefix + "keepalive.", profile.keepalive(), options);
        time(prefix + "idle-timeout", profile.idleTimeout(), "60s", options::idleTimeout);
        duration(prefix + "close.timeout", profile.close().timeout(), "5s", options::closeTimeout);
        duration(
                prefix + "close.failure-timeout", profile.close().failureTimeout(), "1s", options::failureCloseTimeout);
        options.compression(profile.compression()
                .wanted(
                        prefix + "compression.",
                        general.compression(),
                        properties.compression().options()));
        SendOverflow overflow = profile.send().overflow();
        Duration timeout = profile.send().timeout();
        return new SessionSettings(
                options.build(),
                overflow == null ? general().overflow() : overflow,
                timeout == null ? properties.send().timeout() : timeout);
    }

    private static void limits(String prefix, ProfileProperties.Limits limits, ConnectionOptions.Builder options) {
        size(prefix + "max-message-size", limits.maxMessageSize(), 125, "1MB", options::maxMessageBytes);
        count(prefix + "max-fragments", limits.maxFragments(), "1024", options::maxFragments);
        count(prefix + "max-empty-fragments", limits.maxEmptyFragments(), "16", options::maxEmptyFragments);
        time(prefix + "message-timeout", limits.messageTimeout(), "30s", options::messageTimeout);
        count(prefix + "control-frame-rate", limits.controlFrameRate(), "20", options::controlFrameRate);
        number(prefix + "control-frame-burst", limits.controlFrameBurst(), 1, "100", options::controlFrameBurst);
        time(prefix + "max-session-age", limits.maxSessionAge(), "8h", options::maxLifetime);
    }

    private void send(String prefix, ProfileProperties.Send send, ConnectionOptions.Builder options) {
        size(prefix + "queue-bytes", send.queueBytes(), 1, "512KB", options::maxQueuedBytes);
        count(prefix + "queue-messages", send.queueMessages(), "1024", options::maxQueuedMessages);
        duration(prefix + "timeout", send.timeout(), "10s", options::writeTimeout);
        SizeLimit queueBytes = send.queueBytes();
        long most = queueBytes == null ? general.maxQueuedBytes() : queueBytes.bytes();
        long high = orElse(send.highWater(), Math.min(general.highWaterBytes(), most / 2));
        PropertyRange.upTo(prefix + "high-water", high, most, after(prefix) + "queue-bytes");
        long low = orElse(send.lowWater(), Math.min(general.lowWaterBytes(), high / 4));
        PropertyRange.upTo(prefix + "low-water", low, high, after(prefix) + "high-water");
        options.highWaterBytes(high).lowWaterBytes(low);
    }

    private static void keepAlive(
            String prefix, ProfileProperties.Keepalive keepalive, ConnectionOptions.Builder options) {
        if (keepalive.mode() != null) {
            options.keepAlive(keepalive.mode());
        }
        duration(prefix + "interval", keepalive.interval(), "25s", options::pingInterval);
        duration(prefix + "timeout", keepalive.timeout(), "20s", options::pongTimeout);
        number(prefix + "missed", keepalive.missed(), 0, "0", options::missedPongsAllowed);
    }

    private static String after(String prefix) {
        return prefix.substring("ws-protocol.".length());
    }

    private static long orElse(@Nullable DataSize size, long otherwise) {
        return size == null ? otherwise : size.toBytes();
    }

    private static void size(String key, @Nullable SizeLimit limit, long min, String example, Consumer<Long> option) {
        if (limit != null) {
            PropertyRange.size(key, limit, min, example);
            option.accept(limit.bytes());
        }
    }

    private static void count(String key, @Nullable CountLimit limit, String example, Consumer<Integer> option) {
        if (limit != null) {
            PropertyRange.count(key, limit, 1, example);
            option.accept(limit.count());
        }
    }

    private static void number(
            String key, @Nullable Integer number, int min, String example, Consumer<Integer> option) {
        if (number != null) {
            PropertyRange.number(key, number, min, example);
            option.accept(number);
        }
    }

    private static void time(String key, @Nullable TimeLimit limit, String example, Consumer<Duration> option) {
        if (limit != null) {
            PropertyRange.time(key, limit, example);
            option.accept(ConnectionOptionsMapper.duration(limit));
        }
    }

    private static void duration(String key, @Nullable Duration duration, String example, Consumer<Duration> option) {
        if (duration != null) {
            PropertyRange.time(key, duration, example);
            option.accept(duration);
        }
    }
}

package io.wsprotocol;

/**
 * The seven properties of the Windows API. Immutable.
 *
 * <p>Windows counterpart: {@code WEB_SOCKET_PROPERTY_TYPE}.
 *
 * @since 0.1.0
 */
public enum PropertyType {
    /** {@link Integer}: bytes of the receive buffer, at least 256; given at creation. */
    RECEIVE_BUFFER_SIZE(0, Integer.class, false),
    /** {@link Integer}: bytes of the send buffer, at least 16; given at creation. */
    SEND_BUFFER_SIZE(1, Integer.class, false),
    /** {@link Boolean}: a client masks with a zero key, a server also takes unmasked frames; given at creation. */
    DISABLE_MASKING(2, Boolean.class, false),
    /** {@link java.nio.ByteBuffer}: the memory for the internal buffers; given at creation. */
    ALLOCATED_BUFFER(3, java.nio.ByteBuffer.class, false),
    /** {@link Boolean}: received text is not verified; given at creation. */
    DISABLE_UTF8_VERIFICATION(4, Boolean.class, false),
    /** {@link java.time.Duration}: advice for the driver's keep-alive; read from {@link GlobalProperties}. */
    KEEPALIVE_INTERVAL(5, java.time.Duration.class, true),
    /** {@link java.util.List} of {@link Integer}: protocol versions spoken; read from {@link GlobalProperties}. */
    SUPPORTED_VERSIONS(6, java.util.List.class, true);

    private final int nativeValue;
    private final Class<?> valueType;
    private final boolean global;

    PropertyType(int nativeValue, Class<?> valueType, boolean global) {
        this.nativeValue = nativeValue;
        this.valueType = valueType;
        this.global = global;
    }

    /** {@return the number that the Windows header gives this property} */
    public int nativeValue() {
        return nativeValue;
    }

    /** {@return the class of the property's values} */
    public Class<?> valueType() {
        return valueType;
    }

    /** {@return whether the property is read from {@link GlobalProperties}; if not it is given at a handle's creation} */
    public boolean isGlobal() {
        return global;
    }
}

package io.wsprotocol.sample.load;

/**
 * What the clients do in one row of the table. Immutable.
 *
 * @param connections how many
 * @param bytes of each message
 * @param text whether messages are text, of ASCII, or binary
 * @param inFlight messages of each connection that are on their way at any time
 */
record Work(int connections, int bytes, boolean text, int inFlight) {

    @Override
    public String toString() {
        String size = bytes < 1024 ? bytes + " B" : bytes / 1024 + " KiB";
        return "%,d × %s %s, %d".formatted(connections, size, text ? "text" : "binary", inFlight);
    }
}

package io.wsprotocol.sample.chaos;

/**
 * How long and how much. Immutable.
 *
 * @param seconds of the run itself, without start, warm-up and end
 * @param readers of the broadcast
 * @param stalledPercent how many of them stop to read at any time
 * @param broadcastMillis between two messages to all of them
 * @param broadcastBytes the most bytes of such a message
 * @param livesPerSecond connections of the churn that shall begin in a second
 * @param sampleSeconds between two looks at heap, descriptors and threads
 * @param idleSeconds the server's idle timeout: then it drops a peer from which and to which nothing goes
 * @param seed of all that is random
 */
record SoakPlan(
        int seconds,
        int readers,
        int stalledPercent,
        int broadcastMillis,
        int broadcastBytes,
        int livesPerSecond,
        int sampleSeconds,
        int idleSeconds,
        long seed) {

    /** {@return a plan of less than a minute, overridden by system properties} */
    static SoakPlan shortest() {
        return of(32, 200, 50, 16 << 10, 200, 5, 15);
    }

    /** {@return the plan of half an hour, overridden by system properties} */
    static SoakPlan longest() {
        return of(1_800, 1_000, 500, 32 << 10, 200, 60, 60);
    }

    private static SoakPlan of(int seconds, int readers, int broadcasts, int bytes, int lives, int sample, int idle) {
        return new SoakPlan(
                Integer.getInteger("soak.seconds", seconds),
                Integer.getInteger("soak.readers", readers),
                Integer.getInteger("soak.stalledPercent", 10),
                Integer.getInteger("soak.broadcastMillis", broadcasts),
                Integer.getInteger("soak.broadcastBytes", bytes),
                Integer.getInteger("soak.livesPerSecond", lives),
                Integer.getInteger("soak.sampleSeconds", sample),
                Integer.getInteger("soak.idleSeconds", idle),
                Long.getLong("soak.seed", 20_261_122L));
    }

    int stalled() {
        return readers * stalledPercent / 100;
    }
}

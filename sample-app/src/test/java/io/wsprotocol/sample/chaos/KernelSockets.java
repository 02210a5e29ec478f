package io.wsprotocol.sample.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The established connections of a server's port as the kernel of a Linux machine lists them: an oracle that knows nothing of the server's
 * own opinion.
 */
final class KernelSockets {

    private static final String ESTABLISHED = " 01 ";

    private KernelSockets() {}

    /**
     * {@return the bytes that wait in the server's socket to be sent, by the port of the peer}
     *
     * @param serverPort the server's port
     */
    static Map<Integer, Long> waitingBytes(int serverPort) throws IOException {
        String local = ":%04X ".formatted(serverPort);
        Map<Integer, Long> waiting = new HashMap<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            try (BufferedReader lines = Files.newBufferedReader(Path.of(table))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    // Most lines are connections that are closed; those cost as little as possible.
                    if (line.contains(ESTABLISHED) && line.contains(local)) {
                        String[] fields = line.strip().split(" +");
                        if (port(fields[1]) == serverPort) {
                            waiting.put(port(fields[2]), Long.parseLong(fields[4], 0, 8, 16));
                        }
                    }
                }
            }
        }
        return waiting;
    }

    private static int port(String address) {
        return Integer.parseInt(address, address.indexOf(':') + 1, address.length(), 16);
    }
}

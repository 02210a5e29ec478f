package io.wsprotocol.sample;

/** A client of {@code /echo} by somebody else, for one connection. */
interface EchoClient extends AutoCloseable {

    /** Sends one message in frames of the given payload size and returns the message that comes back. */
    Message echo(Message message, int fragmentBytes) throws Exception;

    /** Closes with 1000 and returns the status that the server answers. */
    int closeNormally() throws Exception;

    @Override
    void close();
}

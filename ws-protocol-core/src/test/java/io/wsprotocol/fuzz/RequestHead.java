package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.HandleState;
import io.wsprotocol.ServerHandle;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.driver.ServerUpgrade;
import io.wsprotocol.driver.UpgradePolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/**
 * Harness: the head of a request, read and answered (RFC 9112 §2 to §5, RFC 6455 §4.2.1). Oracles: {@link HeadReading}, and for a
 * complete head the status that the requirements give it.
 */
public final class RequestHead {

    private static final AllocationCeiling CEILING = new AllocationCeiling(96 << 10);
    private static final HeadReading READING = new HeadReading(true);
    private static final UpgradePolicy POLICY = UpgradePolicy.sameOrigin(false);
    private static final Consumer<byte[]> JUDGE = RequestHead::judge;

    private RequestHead() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            CEILING.run(JUDGE, input);
        }
    }

    private static void judge(byte[] input) {
        if (READING.read(input)) {
            answer(input);
        }
    }

    private static void answer(byte[] input) {
        ServerHandle handle = WebSocketHandle.createServer();
        ServerUpgrade upgrade = new ServerUpgrade(handle, POLICY);
        ByteBuffer bytes = ByteBuffer.wrap(input, 1, input.length - 1);
        check(upgrade.accept(bytes), "a complete head is not decided");
        check(bytes.position() == 1 + READING.model.length, "an upgrade took bytes behind the head");
        int status = expectedStatus(READING.model);
        check(upgrade.status() == status, "a request gets another answer");
        check(upgrade.upgraded() == (handle.state() == HandleState.HANDSHAKING), "the handle and the answer disagree");
        ByteBuffer answer = upgrade.response();
        byte[] head = new byte[answer.remaining()];
        answer.get(head);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        check(text.startsWith("HTTP/1.1 " + status + ' ') && text.endsWith("\r\n\r\n"), "an answer has no form of one");
        check(text.indexOf("\r\n\r\n") == text.length() - 4, "an answer ends early");
        check(status != 101 || text.contains("\r\nSec-WebSocket-Accept: "), "an upgrade proves nothing");
        check(status == 101 || text.contains("close\r\n"), "a refusal keeps the connection");
    }

    /** RFC 6455 §4.2.1, in the order in which a server looks. */
    private static int expectedStatus(HeadModel head) {
        if (!head.start[0].equals("GET")) {
            return 405;
        }
        String target = HeaderModel.small(head.start[1]);
        boolean resource = target.startsWith("/") || target.startsWith("http://") || target.startsWith("https://");
        List<String> lengths = head.values("content-length");
        boolean body = !head.values("transfer-encoding").isEmpty()
                || lengths.size() > 1
                || (lengths.size() == 1 && !lengths.get(0).equals("0"));
        if (head.minorVersion() == 0 || head.values("host").size() != 1 || !resource || body) {
            return 400;
        }
        if (!head.names("upgrade", "websocket")) {
            return 426;
        }
        return head.names("connection", "upgrade") ? afterUpgrade(head) : 400;
    }

    private static int afterUpgrade(HeadModel head) {
        List<String> versions = head.values("sec-websocket-version");
        if (versions.size() != 1 || !HeaderModel.isVersion(versions.get(0))) {
            return 400;
        }
        if (!versions.get(0).equals("13")) {
            return 426;
        }
        List<String> keys = head.values("sec-websocket-key");
        boolean right = keys.size() == 1
                && HeaderModel.isKey(keys.get(0))
                && HeaderModel.subprotocols(head.values("sec-websocket-protocol"), 16) != null
                && HeaderModel.extensions(head.values("sec-websocket-extensions"), 2048, 8) != null;
        return right ? policy(head) : 400;
    }

    private static int policy(HeadModel head) {
        List<String> origins = head.values("origin");
        if (origins.size() != 1) {
            return origins.isEmpty() ? 101 : 400;
        }
        String host = "http://" + HeaderModel.small(head.values("host").get(0));
        return withoutPort(host).equals(withoutPort(HeaderModel.small(origins.get(0)))) ? 101 : 403;
    }

    private static String withoutPort(String origin) {
        return origin.endsWith(":80") ? origin.substring(0, origin.length() - 3) : origin;
    }
}

package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.ClientHandle;
import io.wsprotocol.HandleOptions;
import io.wsprotocol.HandleState;
import io.wsprotocol.HttpHeader;
import io.wsprotocol.WebSocketHandle;
import io.wsprotocol.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Harness: the head of an answer, read and checked (RFC 9112 §2 to §5, RFC 6455 §4.1). The client's key is always the same, so that
 * seeds can have its proof. Oracles: {@link HeadReading}, and for a complete head whether and with what the handle opens.
 */
public final class ResponseHead {

    private static final AllocationCeiling CEILING = new AllocationCeiling(96 << 10);
    private static final HeadReading READING = new HeadReading(false);
    private static final Consumer<byte[]> JUDGE = ResponseHead::judge;

    /** Makes the key {@code Dw4NDA8ODQwPDg0MDw4NDA==}. */
    private static final HandleOptions OPTIONS =
            HandleOptions.builder().maskingKeySource(() -> 0x0F0E0D0C).build();

    private static final String ACCEPT = "/5bXBqlIihRKoDoak9osc5vWRmY=";
    private static final List<String> SUBPROTOCOLS = List.of("chat", "superchat");
    private static final List<String> EXTENSIONS = List.of("permessage-deflate", "x; a=b");
    private static final List<String> EXTENSION_NAMES = List.of("permessage-deflate", "x");

    private ResponseHead() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            CEILING.run(JUDGE, input);
        }
    }

    private static void judge(byte[] input) {
        if (READING.read(input)) {
            endHandshake();
        }
    }

    private static void endHandshake() {
        ClientHandle handle = WebSocketHandle.createClient(OPTIONS);
        handle.beginHandshake(SUBPROTOCOLS, EXTENSIONS, List.of());
        List<HttpHeader> headers = new ArrayList<>();
        for (int i = 0; i < READING.model.fields.size(); i += 2) {
            headers.add(new HttpHeader(READING.model.fields.get(i), READING.model.fields.get(i + 1)));
        }
        boolean right = isRight(READING.model);
        try {
            var result = handle.endHandshake(headers);
            check(right, "an answer is taken that breaks a rule");
            List<String> protocols = READING.model.values("sec-websocket-protocol");
            String selected = protocols.isEmpty() ? null : protocols.get(0);
            check(
                    selected == null ? result.subprotocol() == null : selected.equals(result.subprotocol()),
                    "subprotocol");
        } catch (WebSocketHandshakeException e) {
            check(!right, "an answer is refused that breaks no rule");
            check(handle.state() != HandleState.OPEN, "a refused answer opens the handle");
        }
    }

    /** RFC 6455 §4.1: what a client checks in an answer of status 101. */
    private static boolean isRight(HeadModel head) {
        List<String> accepts = head.values("sec-websocket-accept");
        List<String> protocols = head.values("sec-websocket-protocol");
        List<String> extensions = head.values("sec-websocket-extensions");
        return head.names("upgrade", "websocket")
                && head.names("connection", "upgrade")
                && accepts.size() == 1
                && accepts.get(0).equals(ACCEPT)
                && (protocols.isEmpty() || (protocols.size() == 1 && SUBPROTOCOLS.contains(protocols.get(0))))
                && (extensions.isEmpty() || (extensions.size() == 1 && areOffered(extensions)));
    }

    private static boolean areOffered(List<String> lines) {
        List<String> extensions = HeaderModel.extensions(lines, 1024, 4);
        if (extensions == null) {
            return false;
        }
        List<String> seen = new ArrayList<>();
        for (String extension : extensions) {
            String name = extension.split(";", 2)[0];
            if (!EXTENSION_NAMES.contains(name) || seen.contains(name)) {
                return false;
            }
            seen.add(name);
        }
        return true;
    }
}

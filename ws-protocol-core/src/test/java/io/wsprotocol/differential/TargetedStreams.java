package io.wsprotocol.differential;

import io.wsprotocol.fixture.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Short streams that each try one rule of RFC 6455 §5 to §8 in one role. */
final class TargetedStreams {

    private static final int[] STATUSES = {
        0, 1, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016,
        1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65535
    };

    private static final String[] TEXTS = {
        "",
        "61",
        "C3A9",
        "E282AC",
        "F09D849E",
        "F48FBFBF",
        "EFBFBF",
        "00",
        "80",
        "BF",
        "C0",
        "C080",
        "C1BF",
        "C2",
        "C241",
        "E0",
        "E080",
        "E08080",
        "E0A080",
        "ED9FBF",
        "EDA080",
        "EDBFBF",
        "EDA0BDEDB880",
        "E282",
        "E28241",
        "F0",
        "F08080",
        "F0808080",
        "F09D84",
        "F09D8441",
        "F4908080",
        "F5808080",
        "F8888080",
        "FE",
        "FF",
        "61626380",
        "C3A9C3",
        "E4BDA0E5A5BD"
    };

    private final boolean server;
    private final List<byte[]> streams = new ArrayList<>();

    private TargetedStreams(boolean server) {
        this.server = server;
    }

    /** {@return all of them for that role} */
    static List<byte[]> of(boolean server) {
        TargetedStreams targeted = new TargetedStreams(server);
        targeted.firstBytes();
        targeted.lengths();
        targeted.controlFrames();
        targeted.closes();
        targeted.texts();
        targeted.fragments();
        targeted.headersOutOfOrder();
        return targeted.streams;
    }

    private void add(Wire... frames) {
        streams.add(Wire.join(
                Arrays.stream(frames).map(frame -> frame.from(server).bytes()).toArray(byte[][]::new)));
    }

    /** Every first byte, masked and not, inside a message and not. */
    private void firstBytes() {
        for (int byte0 = 0; byte0 < 256; byte0++) {
            for (boolean masked : new boolean[] {true, false}) {
                Wire frame = Wire.frame(byte0 & 0x0F, new byte[] {3, -24}).rsv(byte0 & 0x70);
                byte[] bytes = ((byte0 & 0x80) == 0 ? frame.unfinished() : frame)
                        .from(masked)
                        .bytes();
                streams.add(bytes);
                streams.add(Wire.join(
                        Wire.binary((byte) 1).unfinished().from(server).bytes(), bytes));
            }
        }
    }

    private void lengths() {
        for (int length : new int[] {0, 1, 125, 126, 127, 255, 256, 65_535, 65_536}) {
            for (int form : new int[] {0, 2, 8}) {
                if ((form == 0 && length < 126) || (form == 2 && length < 65_536) || form == 8) {
                    add(Wire.frame(2, new byte[length]).lengthBytes(form), Wire.text("behind"));
                }
            }
        }
        for (long length :
                new long[] {Long.MIN_VALUE, -1, Long.MIN_VALUE + 5, Long.MAX_VALUE, 1L << 32, (1L << 31) - 1}) {
            add(Wire.binary().declaring(length).lengthBytes(8), Wire.text("behind"));
        }
    }

    private void controlFrames() {
        for (int opcode : new int[] {8, 9, 10}) {
            for (int length : new int[] {0, 2, 124, 125, 126, 127, 65_536}) {
                byte[] payload = new byte[length];
                Arrays.fill(payload, (byte) 'a');
                if (length >= 2) {
                    payload[0] = 3;
                    payload[1] = -24;
                }
                add(Wire.frame(opcode, payload), Wire.text("behind"));
                add(Wire.text("a").unfinished(), Wire.frame(opcode, payload), Wire.continuation((byte) 'b'));
            }
            add(Wire.frame(opcode, new byte[0]).unfinished());
            add(Wire.frame(opcode, new byte[0]).lengthBytes(2));
            add(Wire.frame(opcode, new byte[0]).lengthBytes(8));
        }
    }

    private void closes() {
        for (int status : STATUSES) {
            add(Wire.close(status, ""), Wire.text("behind"));
            add(Wire.close(status, "going \u20ac"));
        }
        add(Wire.closeBody());
        add(Wire.closeBody((byte) 3));
        add(Wire.closeBody().declaring(1));
        for (String text : TEXTS) {
            add(Wire.closeBody(Wire.hex("03E8" + text)));
        }
    }

    /** Each text whole, and cut at every place into two fragments. */
    private void texts() {
        for (String hex : TEXTS) {
            byte[] text = Wire.hex(hex);
            add(Wire.frame(1, text), Wire.text("behind"));
            add(Wire.frame(2, text), Wire.text("behind"));
            for (int cut = 0; cut <= text.length; cut++) {
                add(
                        Wire.frame(1, Arrays.copyOf(text, cut)).unfinished(),
                        Wire.pong("between"),
                        Wire.continuation(Arrays.copyOfRange(text, cut, text.length)),
                        Wire.text("behind"));
            }
        }
    }

    /** What is out of order, cut inside its header. */
    private void headersOutOfOrder() {
        byte[] first = Wire.binary((byte) 1).unfinished().from(server).bytes();
        byte[] payload = new byte[200];
        streams.add(headerCut(Wire.continuation(payload)));
        streams.add(Wire.join(first, headerCut(Wire.frame(1, payload))));
    }

    private byte[] headerCut(Wire frame) {
        return Arrays.copyOf(frame.from(server).bytes(), 3);
    }

    /** All orders of three data frames with and without FIN. */
    private void fragments() {
        for (int order = 0; order < 216; order++) {
            Wire[] frames = new Wire[3];
            int rest = order;
            for (int i = 0; i < 3; i++) {
                Wire frame = Wire.frame(rest % 3, new byte[] {(byte) ('a' + i)});
                frames[i] = rest % 6 < 3 ? frame : frame.unfinished();
                rest /= 6;
            }
            add(frames);
        }
    }
}

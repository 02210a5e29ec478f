package io.wsprotocol.fuzz;

import static io.wsprotocol.fuzz.Oracle.check;

import io.wsprotocol.http.AcceptKey;
import io.wsprotocol.http.Extension;
import io.wsprotocol.http.ExtensionList;
import io.wsprotocol.http.FieldSyntax;
import io.wsprotocol.http.HeaderSyntaxException;
import io.wsprotocol.http.TokenList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Harness: the list headers of the handshake and the small grammars beside them (RFC 6455 §4.3, §9.1). The first byte of the input
 * chooses the grammar, the others are its text, lines parted by line feeds. Oracles: a model that cuts instead of scanning, writing
 * and reading again, positions inside the text.
 */
public final class HeaderGrammar {

    private static final ExtensionList.Limits ANY_LENGTH = new ExtensionList.Limits(1 << 20, 8, 8, 64);
    private static final AllocationCeiling CEILING = new AllocationCeiling(64 << 10);
    private static final Consumer<byte[]> JUDGE = HeaderGrammar::judge;

    private HeaderGrammar() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            CEILING.run(JUDGE, input);
        }
    }

    private static void judge(byte[] input) {
        String text = new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1);
        List<String> lines = HeaderModel.parts(text, '\n');
        switch (input[0] & 7) {
            case 0, 1 -> extensions(lines, ExtensionList.Limits.REQUEST);
            case 2 -> extensions(lines, ExtensionList.Limits.RESPONSE);
            case 3, 4 -> subprotocols(lines, TokenList.Limits.PROTOCOL_REQUEST);
            case 5 -> subprotocols(lines, TokenList.Limits.PROTOCOL_RESPONSE);
            case 6 -> names(lines);
            default -> words(text);
        }
    }

    private static void extensions(List<String> lines, ExtensionList.Limits limits) {
        List<String> expected = HeaderModel.extensions(lines, limits.maxBytes(), limits.maxExtensions());
        List<Extension> actual = parse(lines, limits);
        check((expected == null) == (actual == null), "an extension list is judged in another way than by the model");
        if (expected == null || actual == null) {
            return;
        }
        check(expected.size() == actual.size(), "extensions are lost");
        for (int i = 0; i < expected.size(); i++) {
            check(sameExtension(expected.get(i), actual.get(i)), "an extension was read in another way");
        }
        String written = ExtensionList.format(actual);
        check(actual.equals(parse(List.of(written), ANY_LENGTH)), "extensions written and read again are others");
    }

    private static boolean sameExtension(String expected, Extension actual) {
        StringBuilder text = new StringBuilder(actual.name());
        for (Extension.Parameter parameter : actual.parameters()) {
            text.append(';').append(parameter.name());
            if (parameter.value() != null) {
                text.append('=').append(parameter.value());
            }
        }
        return expected.contentEquals(text);
    }

    private static @Nullable List<Extension> parse(List<String> lines, ExtensionList.Limits limits) {
        try {
            return ExtensionList.parse(lines, limits);
        } catch (HeaderSyntaxException e) {
            inside(e, lines);
            return null;
        }
    }

    private static void inside(HeaderSyntaxException refusal, List<String> lines) {
        int length = lines.size() - 1;
        for (String line : lines) {
            length += line.length();
        }
        check(refusal.position() >= 0 && refusal.position() <= length, "a refusal points outside of the header");
    }

    private static void subprotocols(List<String> lines, TokenList.Limits limits) {
        List<String> expected = HeaderModel.subprotocols(lines, limits.maxElements());
        List<String> actual;
        try {
            actual = TokenList.parse(lines, limits);
        } catch (HeaderSyntaxException e) {
            inside(e, lines);
            actual = null;
        }
        check(expected == null ? actual == null : expected.equals(actual), "subprotocols are read in another way");
    }

    private static void names(List<String> lines) {
        List<String> expected = HeaderModel.names(lines);
        String sought = expected == null || expected.isEmpty() ? "upgrade" : expected.get(expected.size() - 1);
        try {
            boolean found = TokenList.containsIgnoreCase(lines, sought);
            check(expected != null, "a malformed list of names is accepted");
            check(
                    found == (expected.contains(sought) && sought.indexOf('/') < 0),
                    "a name is not found, or found wrong");
        } catch (HeaderSyntaxException e) {
            check(expected == null, "a right list of names is refused");
            inside(e, lines);
        }
    }

    private static void words(String text) {
        check(FieldSyntax.isToken(text) == HeaderModel.isToken(text), "a token is judged wrong");
        check(FieldSyntax.isVersion(text) == HeaderModel.isVersion(text), "a version is judged wrong");
        check(AcceptKey.isValidKey(text) == HeaderModel.isKey(text), "a key is judged wrong");
        check(FieldSyntax.lowerCase(text).equals(HeaderModel.small(text)), "small letters are wrong");
        check(FieldSyntax.equalsIgnoreCase(text, HeaderModel.small(text)), "small letters are another text");
        check(FieldSyntax.trim(text).equals(HeaderModel.parts(text, '\uffff').get(0)), "white space is cut off wrong");
    }
}

package io.vikhry.cluster;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bare socket to one Redis, for a command that has to be there soon: starting the driver takes longer than the command. It knows
 * plain URLs, RESP2, and no second try. For one thread.
 */
final class DirectLine implements AutoCloseable {
    private static final Pattern PLAIN = Pattern.compile(
            "redis://(?:(?<user>[\\w.-]*):(?<password>[^\\s:@/?#%]+)@)?(?<host>[\\w.-]+)(?::(?<port>\\d{1,5}))?(?:/0?)?");
    private static final int PORT = 6379;
    private static final int HIGHEST_PORT = 65_535;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 2_000;
    private static final int LONGEST = 1 << 20;
    private static final int DEEPEST = 8;

    private final Socket socket;
    private final InputStream in;

    /** Connects and logs in; empty if the URL is one that only the driver understands. */
    static Optional<DirectLine> to(String url) throws IOException {
        Matcher plain = PLAIN.matcher(url);
        return plain.matches() && port(plain) <= HIGHEST_PORT ? Optional.of(new DirectLine(plain)) : Optional.empty();
    }

    private static int port(Matcher url) {
        String port = url.group("port");
        return port == null ? PORT : Integer.parseInt(port);
    }

    private DirectLine(Matcher url) throws IOException {
        String user = url.group("user");
        String password = url.group("password");
        this.socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(new InetSocketAddress(url.group("host"), port(url)), CONNECT_MILLIS);
            this.in = new BufferedInputStream(socket.getInputStream());
            if (password != null) {
                ask("AUTH", user.isEmpty() ? "default" : user, password);
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** A script's answer. */
    Reply eval(Script script, String[] keys, Object... args) throws IOException {
        List<Object> words = new ArrayList<>(List.of("EVAL", script.text(), keys.length));
        words.addAll(Arrays.asList(keys));
        words.addAll(Arrays.asList(args));
        if (ask(words.toArray()) instanceof List<?> fields) {
            return new Reply(fields);
        }
        throw new IOException("the script's answer is no list");
    }

    /** A command's answer: bytes, a number, a list of such, or {@code null}. */
    @Nullable Object ask(Object... words) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(latin1("*" + words.length + "\r\n"));
        for (Object word : words) {
            byte[] bytes =
                    word instanceof byte[] raw ? raw : String.valueOf(word).getBytes(StandardCharsets.UTF_8);
            out.writeBytes(latin1("$" + bytes.length + "\r\n"));
            out.writeBytes(bytes);
            out.writeBytes(latin1("\r\n"));
        }
        socket.getOutputStream().write(out.toByteArray());
        return answer(0);
    }

    private @Nullable Object answer(int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("an answer is nested more than " + DEEPEST + " deep");
        }
        String line = line();
        if (line.isEmpty()) {
            throw new IOException("an empty line is no answer");
        }
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> latin1(rest);
            case ':' -> number(rest);
            case '$' -> bytes(number(rest));
            case '*' -> list(number(rest), depth + 1);
            case '-' -> throw new IOException(rest);
            default -> throw new IOException("'" + line.charAt(0) + "' begins no answer");
        };
    }

    private byte @Nullable [] bytes(long length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(within(length));
        if (bytes.length < length || !line().isEmpty()) {
            throw new EOFException("the answer is cut off");
        }
        return bytes;
    }

    private @Nullable List<@Nullable Object> list(long length, int depth) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> fields = new ArrayList<>();
        for (int i = within(length); i > 0; i--) {
            fields.add(answer(depth));
        }
        return fields;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0 || line.length() == LONGEST) {
                throw new EOFException("the answer is cut off");
            }
            line.append((char) next);
        }
        if (in.read() != '\n') {
            throw new IOException("a line ends with CR and LF");
        }
        return line.toString();
    }

    private static long number(String text) throws IOException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IOException("'" + text + "' is no number", e);
        }
    }

    private static int within(long length) throws IOException {
        if (length > LONGEST) {
            throw new IOException("an answer of " + length + " is too long");
        }
        return (int) length;
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

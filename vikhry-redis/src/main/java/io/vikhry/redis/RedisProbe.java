package io.vikhry.redis;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One short conversation with a Redis server, in its own protocol: enough to ask whether it is there and what it is. */
final class RedisProbe implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 64 * 1024;
    private static final int MAX_BULK_BYTES = 1024 * 1024;

    private final Socket socket;
    private final InputStream in;

    /** Connects and authenticates. An error reply is an {@link IOException} with the server's own words. */
    RedisProbe(RedisAddress address, Duration timeout) throws IOException {
        int millis = (int) timeout.toMillis();
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(address.host(), address.port()), millis);
            plain.setSoTimeout(millis);
            socket = address.tls()
                    ? ((SSLSocketFactory) SSLSocketFactory.getDefault())
                            .createSocket(plain, address.host(), address.port(), true)
                    : plain;
            in = new BufferedInputStream(socket.getInputStream());
            String password = address.password();
            if (password != null) {
                String user = address.user();
                if (user == null) {
                    command("AUTH", password);
                } else {
                    command("AUTH", user, password);
                }
            }
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** Sends a command whose answer is a simple string, an integer or a bulk string, and returns it as text. */
    String command(String... words) throws IOException {
        StringBuilder request = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            request.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
        String line = line();
        String rest = line.isEmpty() ? "" : line.substring(1);
        return switch (line.isEmpty() ? '?' : line.charAt(0)) {
            case '+', ':' -> rest;
            case '$' -> bulk(rest);
            case '-' -> throw new IOException(rest);
            default -> throw new IOException("what answers there is not a Redis");
        };
    }

    private String bulk(String length) throws IOException {
        int size;
        try {
            size = Integer.parseInt(length);
        } catch (NumberFormatException e) {
            throw new IOException("what answers there is not a Redis", e);
        }
        if (size < 0 || size > MAX_BULK_BYTES) {
            throw new IOException("unexpected answer of " + size + " bytes");
        }
        String text = new String(in.readNBytes(size), StandardCharsets.UTF_8);
        line();
        return text;
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || text.length() > MAX_LINE_BYTES) {
                throw new IOException("the connection was closed");
            }
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    /** What the server says of itself. */
    RedisServerInfo info() throws IOException {
        List<String> lines = new ArrayList<>(command("INFO", "server").lines().toList());
        String valkey = field(lines, "valkey_version");
        String version = valkey == null ? field(lines, "redis_version") : valkey;
        String uptime = field(lines, "uptime_in_seconds");
        if (version == null || uptime == null) {
            throw new IOException("it does not say which version it is");
        }
        return new RedisServerInfo(
                valkey == null ? "Redis" : "Valkey",
                version,
                Long.parseLong(uptime),
                Long.parseLong(command("DBSIZE")));
    }

    private static @Nullable String field(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

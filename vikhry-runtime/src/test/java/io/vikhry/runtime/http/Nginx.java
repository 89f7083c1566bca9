package io.vikhry.runtime.http;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real nginx on loopback, with what the tests ask of it. */
final class Nginx implements AutoCloseable {
    private final Process process;
    private final Path directory;
    final URI plain;
    final URI tls12;
    final URI tls13;
    final URI mutual;

    private Nginx(Process process, Path directory, int[] ports) {
        this.process = process;
        this.directory = directory;
        this.plain = URI.create("http://127.0.0.1:" + ports[0]);
        this.tls12 = URI.create("https://localhost:" + ports[1]);
        this.tls13 = URI.create("https://localhost:" + ports[2]);
        this.mutual = URI.create("https://localhost:" + ports[3]);
    }

    /** Where the program is, if it is installed. */
    static Optional<Path> program() {
        return Stream.concat(Stream.of(System.getenv().getOrDefault("PATH", "").split(":")), Stream.of("/usr/sbin"))
                .map(each -> Path.of(each, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Nginx start(Path program, Path directory, TestKey server, TestKey client) throws Exception {
        int[] ports = new int[4];
        ServerSocket[] sockets = new ServerSocket[ports.length];
        for (int i = 0; i < ports.length; i++) {
            sockets[i] = new ServerSocket(0);
            ports[i] = sockets[i].getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        Files.writeString(directory.resolve("server.crt"), server.certificatePem());
        Files.writeString(directory.resolve("server.key"), server.privateKeyPem());
        Files.writeString(directory.resolve("client.crt"), client.certificatePem());
        Path files = Files.createDirectories(directory.resolve("files"));
        Files.writeString(files.resolve("small.txt"), "small");
        Files.writeString(files.resolve("text.txt"), "a line of text\n".repeat(20_000));
        Files.write(files.resolve("big.bin"), new byte[20_000_000]);
        Files.createDirectories(directory.resolve("logs"));
        String common = """
                    root files;
                    location /old { return 302 /small.txt; }
                    location /loop { return 302 /loop; }
                    location /sink { client_max_body_size 64m; return 200 "taken"; }
                    location /small-only { client_max_body_size 1k; proxy_pass http://127.0.0.1:%1$d/sink; }
                    location /up { client_max_body_size 64m; proxy_pass http://127.0.0.1:%1$d/sink; }
                    location /drop { return 444; }
                    location /none { return 204; }
                    location /who { return 200 "$ssl_protocol $server_protocol $ssl_client_verify"; }
                """.formatted(ports[0]);
        Files.writeString(directory.resolve("nginx.conf"), """
                %1$s
                worker_processes 1;
                daemon off;
                error_log stderr error;
                pid nginx.pid;
                events { worker_connections 512; }
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    gzip on;
                    gzip_types text/plain;
                    types { text/plain txt; }
                    ssl_certificate server.crt;
                    ssl_certificate_key server.key;
                    server { listen 127.0.0.1:%2$d; keepalive_requests 50; %6$s }
                    server { listen 127.0.0.1:%3$d ssl http2; ssl_protocols TLSv1.2; %6$s }
                    server { listen 127.0.0.1:%4$d ssl http2; ssl_protocols TLSv1.3; %6$s }
                    server { listen 127.0.0.1:%5$d ssl; ssl_verify_client on; ssl_client_certificate client.crt; %6$s }
                }
                """.formatted(
                        "root".equals(System.getProperty("user.name")) ? "user root;" : "",
                        ports[0],
                        ports[1],
                        ports[2],
                        ports[3],
                        common));
        Process process = new ProcessBuilder(
                        program.toString(),
                        "-p",
                        directory + "/",
                        "-c",
                        directory.resolve("nginx.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        Nginx nginx = new Nginx(process, directory, ports);
        await("nginx").atMost(Duration.ofSeconds(15)).until(nginx::answers);
        return nginx;
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("nginx ended: " + Files.readString(directory.resolve("nginx.log")));
        }
        try (Socket socket = new Socket("127.0.0.1", mutual.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws Exception {
        // The master ends its workers.
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}

package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ports that connections hold are counted by the server they lead to. */
@Timeout(60)
@Tag("beside")
class PortsTest extends HttpFixture {
    @Test
    void thoseToTheServerThatHasMostAreToldUntilTheirConnectionsClose() throws Exception {
        RawServer much = serve(RawServer.ok("x"));
        RawServer little = serve(RawServer.ok("x"));
        RawServer brief = serve("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        List<Http> clients = new ArrayList<>();
        owner.onVu(() -> {
            for (int i = 0; i < 7; i++) {
                Http http = owner.http((i < 5 ? much : little).url()).build();
                clients.add(http);
                http.get("/").send();
                owner.http(brief.url()).build().get("/").send();
            }
            return null;
        });
        assertThat(owner.engine().ports().most()).isEqualTo(5);
        if (Files.exists(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))) {
            assertThat(owner.engine().health().portShare()).isBetween(5 / 65_536.0, 5 / 1_000.0);
        }
        clients.subList(0, 4).forEach(Http::close);
        await().atMost(Duration.ofSeconds(5)).until(() -> owner.engine().ports().most() == 2);
        clients.forEach(Http::close);
        await().atMost(Duration.ofSeconds(5)).until(() -> owner.engine().ports().most() == 0);
    }
}

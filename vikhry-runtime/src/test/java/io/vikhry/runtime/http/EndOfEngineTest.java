package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.api.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An engine ends without waiting for connections that are closed, whatever carried them. */
@Timeout(60)
class EndOfEngineTest {
    private static final int TRIES = 10;
    /** Less than a loop waits for channels that are being closed. */
    private static final Duration AT_ONCE = Duration.ofMillis(150);

    @ParameterizedTest
    @MethodSource("io.vikhry.runtime.http.TestOwner$Mode#all")
    void anEngineWhoseConnectionsAreClosedEndsAtOnce(TestOwner.Mode mode) throws Exception {
        List<Duration> took = new ArrayList<>();
        // A machine that is busy otherwise may make some of them wait.
        while (took.size() < TRIES && took.stream().noneMatch(t -> t.compareTo(AT_ONCE) < 0)) {
            try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("x")))) {
                TestOwner owner = new TestOwner(mode);
                owner.onVu(() -> {
                    try (Http http = owner.http(server.url()).build()) {
                        return http.get("/x").send().body();
                    }
                });
                HttpFixture.awaitClosed(server);
                long before = System.nanoTime();
                owner.close();
                took.add(Duration.ofNanos(System.nanoTime() - before));
            }
        }
        assertThat(took).as("each end").anyMatch(t -> t.compareTo(AT_ONCE) < 0);
    }
}

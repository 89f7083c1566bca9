package io.vikhry.runtime.http;

import static org.awaitility.Awaitility.await;

import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A user's surroundings in each way that the engine runs, and servers that end with the test. */
@ParameterizedClass
@MethodSource("io.vikhry.runtime.http.TestOwner$Mode#all")
abstract class HttpFixture {
    @Parameter
    TestOwner.Mode mode;

    final List<AutoCloseable> servers = new ArrayList<>();
    TestOwner owner;

    @BeforeEach
    final void startOwner() {
        owner = new TestOwner(mode);
    }

    @AfterEach
    final void stopAll() throws Exception {
        owner.close();
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    final RawServer serve(RawServer.Script script) throws IOException {
        RawServer server = RawServer.start(script);
        servers.add(server);
        return server;
    }

    /** Answers each request so. */
    final RawServer serve(String response) throws IOException {
        return serve(RawServer.always(response));
    }

    /** Waits until neither side holds a connection to {@code server}. It is asked often: hundreds of cases end with this. */
    static void awaitClosed(RawServer server) {
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(5))
                .until(() -> server.openConnections() == 0);
    }

    /** Of what failed for want of a response; null if nothing did. */
    static @Nullable Code code(Runnable work) {
        try {
            work.run();
            return null;
        } catch (HttpException e) {
            return e.code();
        }
    }
}

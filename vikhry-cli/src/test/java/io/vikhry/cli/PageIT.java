package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.demo.Shop;
import io.vikhry.redis.Required;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a real cluster in a real browser. Screenshots go to {@code target/page}. */
class PageIT {
    private static final Path UI = Path.of("..", "ui").toAbsolutePath().normalize();
    private static final String CHROMIUM = System.getenv().getOrDefault("VIKHRY_CHROMIUM", "/usr/bin/chromium");

    @TempDir
    Path dir;

    private Command vikhry;

    @BeforeAll
    static void needsABrowser() {
        Required.part(
                "browser",
                Files.isExecutable(Path.of(CHROMIUM)) && Files.isDirectory(UI.resolve("node_modules/playwright-core")),
                "the page is not tested in a browser: install Chromium (Debian: apt-get install chromium; elsewhere set"
                        + " VIKHRY_CHROMIUM) and Node 20, and build without -Dui.skip");
    }

    @BeforeEach
    void command() {
        vikhry = new Command(dir);
    }

    @AfterEach
    void clean() throws Exception {
        vikhry.run("infra", "down");
        vikhry.clean();
    }

    @Test
    void aRunIsStartedWatchedChangedAndStoppedOnThePage() throws Exception {
        try (Shop shop = Shop.start(0, 42)) {
            String page = up(
                    Command.distribution().resolve("examples/shop/ShopVU.java").toString());
            script(
                    "page.mjs",
                    page,
                    Path.of("target/page").toAbsolutePath().toString(),
                    "--start",
                    "20",
                    "--param",
                    "baseUrl=" + shop.url(),
                    "--change",
                    "30",
                    "--stop",
                    "--seconds",
                    "60");
        }
    }

    @Test
    void aThousandRequestsASecondAreRightOnThePageWithinTwoSecondsAndExactAtTheEnd() throws Exception {
        try (Shop shop = Shop.start(0, 42)) {
            Path scenario = dir.resolve("SteadyVU.java");
            Files.copy(Path.of("src/test/resources/scenarios/SteadyVU.java"), scenario);
            String page = up(scenario.toString());
            Process watching = start("totals.mjs", page, shop.url() + "/_stats", "--seconds", "90");
            try {
                vikhry.run("test", "start", "--users", "100", "--duration", "15s", "--param", "baseUrl=" + shop.url())
                        .expect(0);
                expectSuccess(watching, "totals.mjs");
            } finally {
                watching.destroyForcibly();
            }
            JsonNode status = status();
            assertThat(status.path("run").path("stop_reason").asText()).isEqualTo("duration");
            // 100 users x 10 a second x 15 s, of which a busy machine may miss a part, and each user's last.
            assertThat(shop.total()).isBetween(10_000L, 15_200L);
        }
    }

    /** Brings two workers up and returns the page's address. */
    private String up(String scenario) throws Exception {
        vikhry.run("infra", "up", "--worker-count", "2", "--scenario", scenario, "--port", "0")
                .expect(0);
        JsonNode infra = new ObjectMapper()
                .readTree(vikhry.run("infra", "status", "--json").expect(0).out());
        String page = infra.path("url").asText();
        assertThat(page).startsWith("http://127.0.0.1:");
        return page;
    }

    private JsonNode status() throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> read().path("state").asText().equals("IDLE"));
        return read();
    }

    private JsonNode read() throws Exception {
        return new ObjectMapper()
                .readTree(vikhry.run("test", "status", "--json").expect(0).out());
    }

    private void script(String name, String... arguments) throws Exception {
        Process process = start(name, arguments);
        try {
            expectSuccess(process, name);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(String name, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("node", UI.resolve("e2e").resolve(name).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(name + ".log").toFile());
        builder.environment().put("CHROMIUM", CHROMIUM);
        return builder.start();
    }

    private void expectSuccess(Process process, String name) throws Exception {
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        String said = Files.readString(dir.resolve(name + ".log"));
        System.out.println(said);
        assertThat(ended).as("%s ended: %s", name, said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}

package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users that talk to a database over a socket, in the blocking way of JDBC drivers. */
@Tag("beside")
@Timeout(120)
class JdbcTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private final JdbcDataSource database = new JdbcDataSource();
    private Server server;
    private Connection keeper;

    @BeforeEach
    void start() throws SQLException {
        server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        database.setURL("jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:shop");
        database.setUser("sa");
        database.setPassword("");
        keeper = database.getConnection();
        try (var statement = keeper.createStatement()) {
            statement.execute("CREATE TABLE orders (id IDENTITY, buyer BIGINT)");
            statement.execute("CREATE ALIAS SLEEP FOR 'java.lang.Thread.sleep(long)'");
        }
        // The scenario's classes are apart from the test's; both see the JDK's interface.
        System.getProperties().put("vikhry.test.db", database);
    }

    @AfterEach
    void stop() throws SQLException {
        keeper.close();
        server.stop();
        System.getProperties().remove("vikhry.test.db");
    }

    @BothSchedulers
    void eachStatementArrivesOnceAndWhoWaitsForTheDatabaseHoldsUpNobody(EngineOptions mode) throws SQLException {
        try (TestRun run = TestRun.of(mode.withLoops(1), dir, """
                java.sql.Connection connection;
                @Override public void onInit() throws Exception {
                    connection = ((javax.sql.DataSource) System.getProperties().get("vikhry.test.db")).getConnection();
                }
                @Step(every = "20ms") void order() throws Exception {
                    if (id() == 0) return;
                    try (var insert = connection.prepareStatement("INSERT INTO orders (buyer) VALUES (?)")) {
                        insert.setLong(1, id());
                        insert.executeUpdate();
                    }
                    say("order");
                }
                @Step(every = "1h") void report() throws Exception {
                    if (id() != 0) return;
                    say("begin");
                    try (var call = connection.prepareStatement("CALL SLEEP(3000)")) { call.execute(); }
                    say("end");
                }
                @Override public void onStop() throws Exception { connection.close(); }
                """)) {
            run.follow(5);
            await().atMost(SOON).until(() -> run.said.count("end") == 1);
            List<Object> said = run.said.all();
            long meanwhile = said.subList(said.indexOf("begin"), said.indexOf("end")).stream()
                    .filter("order"::equals)
                    .count();
            assertThat(meanwhile)
                    .as("orders of the others while one waited for 3 s")
                    .isGreaterThan(20);

            run.follow(0);
            await().atMost(SOON).until(() -> run.users.activeVus() == 0);
            long ok = run.sum(Kind.STEP, "order").codes.getOrDefault("OK", 0L);
            assertThat(run.sum(Kind.STEP, "order").codes).containsOnlyKeys("OK");
            assertThat(rows()).isEqualTo(run.said.count("order")).isLessThan(ok);
            assertThat(run.errors()).noneMatch(error -> error.code().equals("PINNED"));
        }
    }

    private long rows() throws SQLException {
        try (var statement = keeper.createStatement();
                ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
            count.next();
            return count.getLong(1);
        }
    }
}

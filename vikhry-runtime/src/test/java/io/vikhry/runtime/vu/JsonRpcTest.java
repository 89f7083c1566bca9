package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.metrics.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JSON-RPC against a server that adds numbers. */
@Timeout(60)
class JsonRpcTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path dir;

    private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            JsonNode question = JSON.readTree(exchange.getRequestBody());
            asked.add(question);
            JsonNode answer;
            if (question.isArray()) {
                ArrayNode answers = JSON.createArrayNode();
                if (question.get(0).path("method").asText().equals("nulls")) {
                    answers.addNull().add(7).addArray();
                }
                // In the other order: ids tell which is which.
                for (int i = question.size() - 1; i >= 0; i--) {
                    if (question.get(i).has("id")) {
                        answers.add(answer(question.get(i)));
                    }
                }
                answer = answers;
            } else {
                answer = answer(question);
            }
            boolean silent = question.isObject() && !question.has("id");
            byte[] body = silent ? new byte[0] : JSON.writeValueAsBytes(answer);
            exchange.sendResponseHeaders(silent ? 204 : 200, silent ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private static ObjectNode answer(JsonNode question) {
        ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", question.path("id"));
        if (question.path("method").asText().equals("add")) {
            return answer.put(
                    "result",
                    question.path("params").get(0).asInt()
                            + question.path("params").get(1).asInt());
        }
        answer.putObject("error").put("code", -32601).put("message", "no such method");
        return answer;
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @BothSchedulers
    void callsNotificationsAndBatchesAreTypedAndCountedByMethod(EngineOptions mode) {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        try (TestRun run = TestRun.of(mode, Map.of("base", base), dir, """
                @Param URI base;
                @Step void step() {
                    JsonRpc rpc = new JsonRpc(http(base).build(), "/rpc");
                    say("sum " + rpc.call("add", List.of(2, 3), Integer.class));
                    rpc.notify("seen", Map.of("a", 1));
                    JsonRpc.Batch batch = rpc.batch();
                    JsonRpc.Reply<Long> one = batch.call("add", List.of(10, 20), Long.class);
                    JsonRpc.Reply<Long> two = batch.call("nosuch", List.of(), Long.class);
                    batch.notify("seen", Map.of());
                    batch.send();
                    say("one " + one.get());
                    try { two.get(); } catch (RpcException e) { say("two " + e.code()); }
                    stop();
                    rpc.call("nosuch", List.of(), String.class);
                }
                """)) {
            run.runOut(1);

            assertThat(run.said.all()).containsExactly("sum 5", "one 30", "two -32601");
            assertThat(run.sum(Kind.REQUEST, "rpc add").codes).isEqualTo(Map.of("200", 1L));
            assertThat(run.sum(Kind.REQUEST, "rpc seen").codes).isEqualTo(Map.of("204", 1L));
            TestRun.Sum failed = run.sum(Kind.REQUEST, "rpc nosuch");
            assertThat(failed.failures).isEqualTo(1);
            assertThat(failed.codes).containsEntry("RPC_-32601", 1L);
            assertThat(run.sum(Kind.REQUEST, "rpc batch").failures).isEqualTo(1);
            assertThat(run.sum(Kind.STEP, "step").codes).isEqualTo(Map.of("CHECK", 1L));
            assertThat(asked.getFirst().path("jsonrpc").asText()).isEqualTo("2.0");
        }
    }

    @BothSchedulers
    void whatIsNoAnswerAmongThoseOfABatchIsPassedOver(EngineOptions mode) {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        try (TestRun run = TestRun.of(mode, Map.of("base", base), dir, """
                @Param URI base;
                @Step void step() {
                    JsonRpc.Batch batch = new JsonRpc(http(base).build(), "/rpc").batch();
                    batch.notify("nulls", Map.of());
                    JsonRpc.Reply<Long> one = batch.call("add", List.of(10, 20), Long.class);
                    batch.send();
                    say("one " + one.get());
                    stop();
                }
                """)) {
            run.runOut(1);

            assertThat(run.said.all()).containsExactly("one 30");
            assertThat(run.sum(Kind.REQUEST, "rpc batch").failures).isZero();
        }
    }
}

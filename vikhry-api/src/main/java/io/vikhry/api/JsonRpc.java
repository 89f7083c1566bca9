package io.vikhry.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC 2.0 client on top of an {@link Http} client: each call is a POST, counted in the series {@code rpc METHOD}; a batch
 * in {@code rpc batch}. What the server answers with an error counts as failed, whatever its HTTP status.
 *
 * <pre>{@code
 * JsonRpc rpc = new JsonRpc(http, "/rpc");
 * long height = rpc.call("block.height", List.of(), Long.class);
 * }</pre>
 */
public final class JsonRpc {
    private final Http http;
    private final String path;
    private final AtomicLong ids = new AtomicLong();

    /** A client that posts to {@code path} of {@code http}. */
    public JsonRpc(Http http, String path) {
        this.http = http;
        this.path = path;
    }

    /**
     * Calls {@code method} and returns its result as {@code type}.
     *
     * @param params a list or a map, or a record
     * @throws RpcException if the server answers with an error
     * @throws CheckFailedException if it answers with no JSON-RPC, or the result does not fit {@code type}
     * @throws HttpException if no complete response came
     */
    public <T> T call(String method, Object params, Class<T> type) {
        long id = ids.incrementAndGet();
        HttpResponse response = http.post(path)
                .name("rpc " + method)
                .json(message(method, params, id))
                .send()
                .expectStatus(200);
        return result(response, "", method, id, response.json(Map.class), type);
    }

    /** Calls {@code method} without waiting for more than the HTTP response: the server answers nothing else. */
    public void notify(String method, Object params) {
        http.post(path)
                .name("rpc " + method)
                .json(message(method, params, null))
                .send();
    }

    /** Calls to be sent as one request. */
    public Batch batch() {
        return new Batch();
    }

    private static Map<String, Object> message(String method, Object params, @Nullable Long id) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("method", method);
        message.put("params", params);
        if (id != null) {
            message.put("id", id);
        }
        return message;
    }

    private static <T> T result(
            HttpResponse response, String at, String method, long id, Map<?, ?> answer, Class<T> type) {
        if (answer.get("error") instanceof Map<?, ?> error) {
            int code = error.get("code") instanceof Number number ? number.intValue() : 0;
            String what = "rpc " + method + ": error " + code + ", " + error.get("message");
            response.failed("RPC_" + code, what);
            throw new RpcException(code, what);
        }
        if (!(answer.get("id") instanceof Number number) || number.longValue() != id || !answer.containsKey("result")) {
            throw response.failed("CHECK_RPC", "rpc " + method + ": the answer is no result of call " + id);
        }
        return response.json(at + "/result", type);
    }

    /** Several calls in one request; not to be sent twice. */
    public final class Batch {
        private final List<Map<String, Object>> messages = new ArrayList<>();
        private final List<Reply<?>> replies = new ArrayList<>();

        private Batch() {}

        /** Adds a call; its reply can be asked once the batch was sent. */
        public <T> Reply<T> call(String method, Object params, Class<T> type) {
            Reply<T> reply = new Reply<>(method, ids.incrementAndGet(), type);
            messages.add(message(method, params, reply.id));
            replies.add(reply);
            return reply;
        }

        /** Adds a call that is not answered. */
        public Batch notify(String method, Object params) {
            messages.add(message(method, params, null));
            return this;
        }

        /** Sends all and waits for the answers, which may come in any order. */
        public void send() {
            HttpResponse response =
                    http.post(path).name("rpc batch").json(messages).send();
            if (replies.isEmpty()) {
                return;
            }
            response.expectStatus(200);
            Object[] answers = response.json(Object[].class);
            for (Reply<?> reply : replies) {
                reply.response = response;
                for (int i = 0; i < answers.length; i++) {
                    if (answers[i] instanceof Map<?, ?> answer
                            && answer.get("id") instanceof Number number
                            && number.longValue() == reply.id) {
                        reply.at = "/" + i;
                        reply.answer = answer;
                    }
                }
            }
        }
    }

    /** What a call of a batch came to. */
    public static final class Reply<T> {
        private final String method;
        private final long id;
        private final Class<T> type;
        private @Nullable HttpResponse response;
        private Map<?, ?> answer = Map.of();
        private String at = "";

        private Reply(String method, long id, Class<T> type) {
            this.method = method;
            this.id = id;
            this.type = type;
        }

        /**
         * The result, or what {@link JsonRpc#call} throws.
         *
         * @throws IllegalStateException before the batch was sent
         */
        public T get() {
            HttpResponse sent = response;
            if (sent == null) {
                throw new IllegalStateException("rpc " + method + ": send the batch first");
            }
            return result(sent, at, method, id, answer, type);
        }
    }
}

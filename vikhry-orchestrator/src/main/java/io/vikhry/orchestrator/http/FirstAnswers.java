package io.vikhry.orchestrator.http;

import io.vikhry.orchestrator.run.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers given to changes that carried an {@code Idempotency-Key}, so that the same key gets the same answer and changes
 * nothing more: the newest {@value #KEPT} of them. What was refused has changed nothing and may be tried again. Of two requests
 * with one key at the same time, the second waits for the first.
 */
final class FirstAnswers {
    static final int KEPT = 1000;
    private static final int LONGEST_KEY = 200;

    private final Map<String, Given> given = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Given> eldest) {
            return size() > KEPT;
        }
    };

    /** The answer to a request: the first one of its key, or that of {@code change} now. */
    Object answer(@Nullable String key, String path, byte[] body, Supplier<Object> change) {
        if (key == null) {
            return change.get();
        }
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw new Refusal(
                    Refusal.Code.INVALID_VALUE,
                    "Idempotency-Key must be a text of 1 to " + LONGEST_KEY + " characters.",
                    Map.of("field", "Idempotency-Key"));
        }
        Given fresh = new Given(digest(path, body), new CompletableFuture<>());
        Given first;
        synchronized (given) {
            first = given.putIfAbsent(key, fresh);
        }
        if (first != null) {
            return repeated(key, fresh, first);
        }
        try {
            Object answer = change.get();
            fresh.answer.complete(answer);
            return answer;
        } catch (RuntimeException | Error e) {
            synchronized (given) {
                given.remove(key);
            }
            fresh.answer.completeExceptionally(e);
            throw e;
        }
    }

    private static Object repeated(String key, Given fresh, Given first) {
        if (!first.request.equals(fresh.request)) {
            throw new Refusal(
                    Refusal.Code.IDEMPOTENCY_CONFLICT,
                    "The Idempotency-Key was used for another request; choose a new one.",
                    Map.of("key", key));
        }
        try {
            return first.answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static String digest(String path, byte[] body) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(path.getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            return HexFormat.of().formatHex(sha.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private record Given(String request, CompletableFuture<Object> answer) {}
}

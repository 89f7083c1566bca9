package io.vikhry.orchestrator.run;

import java.util.Locale;
import java.util.Map;

/** Why something that was asked for is not done: a code for programs, a line for people, and what names the culprit. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final transient Map<String, Object> details;

    public Refusal(Code code, String message, Map<String, Object> details) {
        super(message);
        this.code = code;
        this.details = Map.copyOf(details);
    }

    public Refusal(Code code, String message) {
        this(code, message, Map.of());
    }

    /** The reason, for programs. */
    public Code code() {
        return code;
    }

    /** What it is about, by name. */
    public Map<String, Object> details() {
        return details;
    }

    /** The reasons, each with the HTTP status of its answer. */
    public enum Code {
        INVALID_JSON(400),
        UNKNOWN_FIELD(400),
        INVALID_VALUE(400),
        UNKNOWN_PARAM(400),
        MISSING_PARAM(400),
        FORBIDDEN_ORIGIN(403),
        NOT_FOUND(404),
        METHOD_NOT_ALLOWED(405),
        INVALID_STATE(409),
        NO_WORKERS(409),
        NO_SCENARIO(409),
        IDEMPOTENCY_CONFLICT(409),
        BODY_TOO_LARGE(413),
        UNSUPPORTED_MEDIA_TYPE(415),
        INTERNAL(500),
        REDIS_UNAVAILABLE(503),
        NOT_LEADER(503);

        private final int status;

        Code(int status) {
            this.status = status;
        }

        /** The HTTP status. */
        public int status() {
            return status;
        }

        /** As it is written: {@code invalid_state}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

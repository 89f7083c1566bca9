package io.vikhry.runtime.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.runtime.Json;

/** The mapper of owners that bring none. */
final class SharedJson {
    static final ObjectMapper MAPPER = Json.newMapper();

    private SharedJson() {}
}

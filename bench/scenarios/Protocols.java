import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** Asks again as soon as the answer is there: over TLS, HTTP/2 or both, a connection for each user. */
public class Protocols extends VU {
    @Param(description = "The target")
    URI baseUrl = URI.create("https://127.0.0.1:8443");

    @Param(description = "Whether to speak HTTP/2")
    boolean http2 = false;

    private Http http;

    @Override
    public void onInit() {
        Http.Builder client = http(baseUrl).insecure();
        http = http2 ? client.http2().build() : client.build();
    }

    @Step
    void get() {
        http.get("/").send().expectStatus(200);
    }
}

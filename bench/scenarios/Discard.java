import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** Asks again as soon as the answer is there, and has no use for its body. */
public class Discard extends VU {
    @Param(description = "The target")
    URI baseUrl = URI.create("http://127.0.0.1:8000");

    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl).build();
    }

    @Step
    void get() {
        http.get("/").discardBody().send().expectStatus(200);
    }
}

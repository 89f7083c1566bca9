import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** Logs in before anything else, and fails if that does. */
public class LoginVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl).build();
    }

    @Override
    public void onStart() {
        http.post("/login").send().expectStatus(200);
    }

    @Step(every = "100ms")
    void look() {
        http.get("/look").send();
    }
}

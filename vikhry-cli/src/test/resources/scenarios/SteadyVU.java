import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** Ten requests a second, whatever happens. */
public class SteadyVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl).build();
    }

    @Step(every = "100ms")
    void look() {
        http.get("/catalog").send().expectStatus(200);
    }
}

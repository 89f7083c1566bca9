import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;
import java.time.Duration;

/** Its one step takes eight seconds, and the end waits for it. */
public class SlowlyEndedVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl).build();
    }

    @Step
    void look() {
        http.get("/look").send();
        pause(Duration.ofSeconds(8));
        http.get("/look").send();
    }
}

import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;
import java.util.UUID;

/** Ten requests a second, each with the user's number, a number of this life of the user, and the process it lives in. */
public class MarkedVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private final String life = UUID.randomUUID().toString();
    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl)
                .header("X-VU", String.valueOf(id()))
                .header("X-Life", life)
                .header("X-Place", String.valueOf(ProcessHandle.current().pid()))
                .build();
    }

    @Step(every = "100ms")
    void look() {
        http.get("/look").send();
    }
}

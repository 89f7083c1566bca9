import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** User 0 hangs when it is to end, and does not hear interrupts. */
public class HangingVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl).header("X-VU", String.valueOf(id())).build();
    }

    @Step(every = "200ms")
    void look() {
        http.get("/look").send();
    }

    @Override
    public void onStop() {
        long until = System.nanoTime() + 60_000_000_000L;
        while (id() == 0 && System.nanoTime() < until) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                // It does not hear.
            }
        }
        http.get("/bye").send();
    }
}

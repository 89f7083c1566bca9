import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Resource;
import io.vikhry.api.ResourceContext;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** Its accounts take three seconds to make. */
public class SlowlyPreparedVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private Http http;

    public record Account(String name) {}

    @Resource("accounts")
    static Account account(ResourceContext ctx) throws InterruptedException {
        Thread.sleep(3_000);
        return new Account("account-" + ctx.id());
    }

    @Override
    public void onInit() {
        http = http(baseUrl).header("X-VU", String.valueOf(id())).build();
    }

    @Override
    public void onStart() {
        resources().acquire("accounts", Account.class);
    }

    @Step(every = "100ms")
    void look() {
        http.get("/look").send();
    }
}

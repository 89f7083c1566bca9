import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Resource;
import io.vikhry.api.ResourceContext;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;

/** An account takes a request to make, which says in which process; the user asks ten times a second. */
public class MadeByRequestVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    private Http http;

    public record Account(String id) {}

    @Resource("accounts")
    static Account account(ResourceContext ctx) {
        ctx.http(ctx.param("baseUrl", URI.class))
                .header("X-Place", String.valueOf(ProcessHandle.current().pid()))
                .build()
                .post("/made")
                .send()
                .expectStatus(200);
        return new Account(ctx.id());
    }

    @Override
    public void onInit() {
        http = http(baseUrl).build();
    }

    @Step(every = "100ms")
    void look() {
        http.get("/look").send();
    }
}

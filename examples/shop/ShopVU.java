import static java.time.Duration.ofSeconds;

import io.vikhry.api.Http;
import io.vikhry.api.HttpResponse;
import io.vikhry.api.Param;
import io.vikhry.api.Probe;
import io.vikhry.api.ProbeContext;
import io.vikhry.api.Resource;
import io.vikhry.api.ResourceContext;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;
import java.util.Map;

/** A customer: logs in now and then, looks around a lot, puts things in the cart and sometimes orders. */
public class ShopVU extends VU {
    @Param(description = "Base URL of the shop")
    URI baseUrl = URI.create("http://127.0.0.1:8000");

    @Param(description = "Items a customer looks at, from the start of the catalogue")
    int items = 40;

    record Account(String id, String username, String password) {}

    /** One account per customer, and no two customers share one. */
    @Resource("users")
    static Account createAccount(ResourceContext ctx) {
        return new Account(ctx.id(), "user_" + ctx.id(), "password");
    }

    record Sales(long orders, long refused) {}

    /** What the shop itself says of its sales, asked beside the load. */
    @Probe(every = "2s", timeout = "1s")
    static Sales sales(ProbeContext ctx) {
        HttpResponse stats = ctx.http(ctx.param("baseUrl", URI.class))
                .build()
                .get("/_stats")
                .send()
                .expectStatus(200);
        return new Sales(orders(stats, 201), orders(stats, 503));
    }

    private static long orders(HttpResponse stats, int status) {
        return stats.json("/series/POST ~1orders " + status).map(Long::parseLong).orElse(0L);
    }

    private Http http;
    private Account account;
    private String token = "";

    @Override
    public void onInit() {
        http = http(baseUrl).timeout(ofSeconds(5)).build();
    }

    @Override
    public void onStart() {
        account = resources().acquire("users", Account.class);
    }

    @Step(every = "10s..15s", timeout = "5s")
    void login() {
        token = http.post("/auth")
                .json(Map.of("username", account.username(), "password", account.password()))
                .send()
                .expectStatus(200)
                .json("/token")
                .orElseThrow();
    }

    @Step(weight = 6, requires = "login", every = "200ms..1s")
    void catalog() {
        http.get("/catalog").send().expectStatus(200);
    }

    @Step(weight = 2, requires = "catalog", every = "500ms..2s")
    void addToCart() {
        http.post("/cart")
                .header("Authorization", "Bearer " + token)
                .json(Map.of("item", 1 + random().nextInt(items)))
                .send()
                .expectStatus(200);
    }

    @Step(weight = 1, requires = "addToCart", every = "1s..4s")
    void order() {
        http.post("/orders")
                .header("Authorization", "Bearer " + token)
                .json(Map.of("account", account.id()))
                .send()
                .expectStatus(201);
    }
}
